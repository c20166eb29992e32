import type { AuditEntry } from "../platform/audit/contract.ts";
import type { Caller, SessionsContext } from "./context.ts";
import { stopRefusals } from "./contract/messages.ts";
import { STOP_KIND } from "./operations.ts";
import { findJob, lockJob, withStep } from "./queries.ts";
import type { Ended } from "./resources/contract.ts";
import { say } from "./sentences.ts";
import type { JobRow, SessionsTrx } from "./tables.ts";
import { publishStatus, recordEnd } from "./transitions.ts";

/**
 * Asks for a session's end. One that never reached the resource has ended with that; any other ends in the
 * background, with everything it started.
 * @param allowed whether the caller may; if not, there is no such job
 * @throws StoaError in the contract's words
 */
export async function stopSession(
  context: SessionsContext,
  caller: Caller,
  jobId: number,
  allowed: (caller: Caller, job: JobRow) => boolean,
): Promise<"queued" | "stopped"> {
  const known = await findJob(context.db, jobId);
  if (known === null || !allowed(caller, known)) throw stopRefusals.notFound(jobId);
  return context.db.transaction().execute(async (trx) => {
    await context.workspaces.lockForStart(trx, known.owner_id, known.workspace_id);
    const job = await lockJob(trx, known.id);
    if (job === null || !(job.status === "pending" || job.status === "running")) throw stopRefusals.notRunning();
    await recordStop(context, trx, caller, job);
    const reason = say("stopped_by", { actor: caller.actor.label });
    if (job.launched_at === null) {
      await recordEnd(context, trx, job, neverStarted(reason), caller.actor);
      return "stopped";
    }
    await queueStop(context, trx, { accountId: caller.accountId, label: caller.actor.label }, job, reason);
    return "queued";
  });
}

async function queueStop(
  context: SessionsContext,
  trx: SessionsTrx,
  actor: Pick<AuditEntry["actor"], "accountId" | "label">,
  job: JobRow,
  reason: string,
): Promise<void> {
  const changed = await trx
    .updateTable("jobs")
    .set({
      desired: "stopped",
      status: "stopping",
      ready: false,
      reason,
      steps: withStep(say("stopping", { actor: actor.label })),
    })
    .where("id", "=", job.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await publishStatus(context, trx, changed);
  await context.platform.operations.enqueue(trx, {
    kind: STOP_KIND,
    subject: { kind: "session", id: String(job.id) },
    actor,
    audience: [job.owner_id],
    input: { job_id: job.id },
    nodeId: job.node_id,
  });
}

async function recordStop(context: SessionsContext, trx: SessionsTrx, caller: Caller, job: JobRow): Promise<void> {
  await context.platform.audit.record(trx, {
    action: "session.stop",
    actor: caller.actor,
    subject: { kind: "session", id: String(job.id), label: job.job_type },
    about: [job.owner_id],
    requestId: caller.requestId,
    address: caller.address,
  });
}

function neverStarted(message: string): Ended {
  const endedAt = new Date().toISOString();
  return {
    state: "ended",
    cause: "never_started",
    code: null,
    signal: null,
    message,
    startedAt: null,
    readyAt: null,
    endedAt,
  };
}
