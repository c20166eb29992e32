import type { AuditEntry } from "../platform/audit/contract.ts";
import { nameOfDoer } from "../platform/principal.ts";
import { type Caller, type SessionsContext, SYSTEM } from "./context.ts";
import { stopRefusals } from "./contract/messages.ts";
import { tellOfStopper } from "./notices.ts";
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
 * @param message told to whose it is; empty: nothing
 * @throws StoaError in the contract's words
 */
export async function stopSession(
  context: SessionsContext,
  caller: Caller,
  jobId: number,
  allowed: (caller: Caller, job: JobRow) => boolean,
  message = "",
): Promise<"queued" | "stopped"> {
  const known = await findJob(context.db, jobId);
  if (known === null || !allowed(caller, known)) throw stopRefusals.notFound(jobId);
  return context.db.transaction().execute(async (trx) => {
    await context.workspaces.lockForStart(trx, known.owner_id, known.workspace_id);
    const job = await lockJob(trx, known.id);
    if (job === null || !mayBeStopped(job)) throw stopRefusals.notRunning();
    const actor = nameOfDoer(caller.actor);
    if (job.owner_id !== caller.accountId) await tellOfStopper(context, trx, job, caller.accountId);
    return beginStop(context, trx, caller, job, {
      reason: message === "" ? say("stopped_by", { actor }) : say("stopped_by_saying", { actor, message }),
      step: say("stopping", { actor }),
    });
  });
}

/**
 * Ends a session without anybody asking. Nothing happens when it has ended, or we are ending it.
 * @param reason a sentence for people
 * @param still looks again whether it is to be, now that the session is held
 */
export async function stopUnasked(
  context: SessionsContext,
  known: JobRow,
  reason: string,
  still: (trx: SessionsTrx) => Promise<boolean> = async () => true,
): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    await context.workspaces.lockForStart(trx, known.owner_id, known.workspace_id);
    const job = await lockJob(trx, known.id);
    if (job === null || !mayBeStopped(job) || !(await still(trx))) return;
    await beginStop(context, trx, { actor: SYSTEM, requestId: null, address: null }, job, { reason, step: reason });
  });
}

/** Also one that is told to end by itself: that is its host's word, and so may be its owner's. */
function mayBeStopped(job: JobRow): boolean {
  return job.ended_at === null && job.desired === "running";
}

type StoppedBy = Pick<Caller, "actor" | "requestId" | "address">;

interface Why {
  readonly reason: string;
  /** For the timeline, while it is being ended. */
  readonly step: string;
}

async function beginStop(
  context: SessionsContext,
  trx: SessionsTrx,
  by: StoppedBy,
  job: JobRow,
  why: Why,
): Promise<"queued" | "stopped"> {
  await recordStop(context, trx, by, job, why.reason);
  if (job.launched_at === null) {
    await recordEnd(context, trx, job, neverStarted(why.reason), by.actor);
    return "stopped";
  }
  await queueStop(context, trx, by.actor, job, why);
  return "queued";
}

async function queueStop(
  context: SessionsContext,
  trx: SessionsTrx,
  { accountId, label, by }: AuditEntry["actor"],
  job: JobRow,
  { reason, step }: Why,
): Promise<void> {
  const changed = await trx
    .updateTable("jobs")
    .set({
      desired: "stopped",
      status: "stopping",
      ready: false,
      reason,
      steps: withStep(step),
    })
    .where("id", "=", job.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await publishStatus(context, trx, changed);
  await context.platform.operations.enqueue(trx, {
    kind: STOP_KIND,
    subject: { kind: "session", id: String(job.id) },
    actor: { accountId, label, by },
    audience: [job.owner_id],
    input: { job_id: job.id },
    nodeId: job.node_id,
  });
}

async function recordStop(
  context: SessionsContext,
  trx: SessionsTrx,
  by: StoppedBy,
  job: JobRow,
  reason: string,
): Promise<void> {
  await context.platform.audit.record(trx, {
    action: "session.stop",
    actor: by.actor,
    subject: { kind: "session", id: String(job.id), label: job.job_type },
    about: [job.owner_id],
    requestId: by.requestId,
    address: by.address,
    details: { reason },
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
