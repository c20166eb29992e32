import { createHash, randomUUID } from "node:crypto";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { nameOfDoer } from "../platform/principal.ts";
import type { Caller, SessionsContext, SessionWorkspace } from "./context.ts";
import { startRefusals } from "./contract/messages.ts";
import { START_KIND } from "./operations.ts";
import { chosenJobType, lookAtStart, type StartPlan } from "./preflight/start-checks.ts";
import { lockLiveCount } from "./queries.ts";
import { countForGroups } from "./quotas/queries.ts";
import { say } from "./sentences.ts";
import { lookForFolder, withoutStartFolder, withStartFolder } from "./start-folder.ts";
import type { JobRow, SessionsTrx } from "./tables.ts";
import { publishStatus } from "./transitions.ts";

/** What a start asks for, checked for shape only. */
export interface StartRequest {
  /** Null: the workspace's default. */
  readonly jobType: string | null;
  readonly jobDetails: Readonly<Record<string, unknown>>;
  readonly resourceOptions: Readonly<Record<string, unknown>>;
  /** Where in the workspace it is to start, below its root; null: at the root. */
  readonly folder: string | null;
  readonly idempotencyKey: string | null;
}

/**
 * Takes the order for a session: row, operation, event and audit entry, all or nothing. It starts in the background.
 * The same Idempotency-Key gives the same session again.
 * @throws StoaError in the contract's words; forbidden or conflict with the reason; not_found for its folder
 */
export async function startSession(
  context: SessionsContext,
  caller: Caller,
  workspaceId: number,
  request: StartRequest,
): Promise<JobRow> {
  // Before the transaction: asking in it would take a second connection while it holds one, or wait for a disk.
  const groups = await context.people.groups.groupsOf(caller.accountId);
  const room = await context.roomOf(caller.accountId);
  const folder = await lookForFolder(context, { id: workspaceId, owner_id: caller.accountId }, request.folder);
  return context.db.transaction().execute(async (trx) => {
    const live = await lockLiveCount(trx, caller.accountId);
    const workspace = await context.workspaces.lockForStart(trx, caller.accountId, workspaceId);
    if (workspace === null) throw startRefusals.workspaceNotFound(workspaceId);
    const hash = hashOf(workspace.id, request);
    const earlier = await sameStart(trx, caller, request, hash);
    if (earlier !== null) return earlier;
    const { checks, plan } = await lookAtStart(context, trx, {
      caller,
      workspaceId: workspace.id,
      jobType: chosenJobType(request.jobType, workspace),
      resourceOptions: request.resourceOptions,
      groups,
      room,
      live,
    });
    for (const { refusal } of checks) if (refusal !== null) throw refusal;
    if (plan === null) throw new Error("a start that nothing stands in the way of has no plan");
    const options = withStartFolder(context, plan, folder);
    const job = await insertJob(context, trx, { caller, workspace, plan: { ...plan, options }, request, hash });
    await countForGroups(
      trx,
      job.id,
      groups.map((group) => group.id),
    );
    await context.workspaces.markActive(trx, workspace.id);
    await recordStart(context, trx, caller, job, workspace);
    await publishStatus(context, trx, job);
    await context.platform.operations.enqueue(trx, {
      kind: START_KIND,
      subject: { kind: "session", id: String(job.id) },
      actor: { accountId: caller.accountId, label: caller.actor.label, by: caller.actor.by },
      audience: [job.owner_id],
      input: { job_id: job.id, job_type: job.job_type, workspace_id: workspace.id },
      nodeId: job.node_id,
    });
    return job;
  });
}

interface NewJob {
  readonly caller: Caller;
  readonly workspace: SessionWorkspace;
  readonly plan: StartPlan;
  readonly request: StartRequest;
  readonly hash: Buffer;
}

async function insertJob(context: SessionsContext, trx: SessionsTrx, job: NewJob): Promise<JobRow> {
  const now = new Date();
  return trx
    .insertInto("jobs")
    .values({
      owner_id: job.caller.accountId,
      workspace_id: job.workspace.id,
      job_type: job.plan.jobType,
      resource: context.local.id,
      node_id: context.platform.config.nodeId,
      marker: randomUUID(),
      cpus: job.plan.cpus,
      time_limit_seconds: job.plan.timeLimitSeconds,
      core_hours_reserved: job.plan.reserved,
      request_details: JSON.stringify(job.request.jobDetails),
      options: JSON.stringify(job.plan.options),
      steps: JSON.stringify([{ at: now.toISOString(), text: say("asked", { actor: nameOfDoer(job.caller.actor) }) }]),
      created_at: now,
      ...(job.request.idempotencyKey === null
        ? {}
        : { idempotency_key: job.request.idempotencyKey, request_hash: job.hash }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function recordStart(
  context: SessionsContext,
  trx: SessionsTrx,
  caller: Caller,
  job: JobRow,
  workspace: SessionWorkspace,
): Promise<void> {
  await context.platform.audit.record(trx, {
    action: "session.start",
    actor: caller.actor,
    subject: { kind: "session", id: String(job.id), label: job.job_type },
    about: [job.owner_id],
    requestId: caller.requestId,
    address: caller.address,
    details: { workspace_id: workspace.id, job_type: job.job_type, options: withoutStartFolder(job.options) },
  });
}

async function sameStart(
  trx: SessionsTrx,
  caller: Caller,
  request: StartRequest,
  hash: Buffer,
): Promise<JobRow | null> {
  if (request.idempotencyKey === null) return null;
  const row = await trx
    .selectFrom("jobs")
    .selectAll()
    .where("owner_id", "=", caller.accountId)
    .where("idempotency_key", "=", request.idempotencyKey)
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.request_hash === null || !row.request_hash.equals(hash)) throw new StoaError("idempotency_mismatch");
  return row;
}

/** Without a folder as it was before there were any: starts that were asked for then are known again. */
function hashOf(workspaceId: number, { jobType, jobDetails, resourceOptions, folder }: StartRequest): Buffer {
  const asked = [workspaceId, jobType, jobDetails, resourceOptions, ...(folder === null ? [] : [folder])];
  return createHash("sha256").update(JSON.stringify(asked)).digest();
}
