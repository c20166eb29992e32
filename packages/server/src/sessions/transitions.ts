import type { AuditEntry } from "../platform/audit/contract.ts";
import { type SessionsContext, SYSTEM } from "./context.ts";
import { coreHours } from "./core-hours.ts";
import type { JobType } from "./job-types/contract.ts";
import { tellOfEnd } from "./notices.ts";
import { findJob, hasOtherLiveJob, lockJob, withStep } from "./queries.ts";
import type { Ended, Observation } from "./resources/contract.ts";
import { say } from "./sentences.ts";
import type { JobRow, SessionsTrx } from "./tables.ts";
import { OVERDUE_AFTER } from "./time/extension.ts";
import { tellViewers } from "./viewers/tell-viewers.ts";

type Running = Extract<Observation, { state: "running" | "stopping" }>;

/** Until its resource has given it one. */
const NO_NUMBER = -1;
/** Entries of a timeline from which on its host adds none: what it tells to be preparing is its owner's word. */
const MOST_STEPS = 100;

/** Tells pages, sockets and other processes; part of the change's transaction. */
export async function publishStatus(
  context: Pick<SessionsContext, "platform">,
  trx: SessionsTrx,
  job: Pick<JobRow, "id" | "owner_id" | "workspace_id" | "status" | "ready" | "node_id">,
): Promise<void> {
  await context.platform.events.publish(trx, {
    type: "session.status",
    subject: { kind: "session", id: String(job.id) },
    audience: [job.owner_id],
    data: { workspace_id: job.workspace_id, status: job.status, ready: job.ready, node_id: job.node_id },
  });
  await tellViewers(context, trx, job.id);
}

/** What is seen of a running job that its row does not say yet; null: nothing. */
export function newsOf(row: JobRow, seen: Running) {
  const started = row.status === "pending";
  const ready = seen.ready && !row.ready;
  const stopping = seen.state === "stopping" && row.status === "running";
  const extendable = row.extendable || seen.timeLimitSeconds !== undefined;
  const told = (row.means !== null || seen.means === null) && extendable === row.extendable;
  // The number is its host's word: the first one stays.
  const isKnown = !started && !ready && !stopping && told && row.resource_job_id !== NO_NUMBER;
  return isKnown ? null : { started, ready, stopping, extendable };
}

/** Writes down what was seen of a running job, if it is news. */
export async function recordRunning(context: SessionsContext, trx: SessionsTrx, jobId: number, seen: Running) {
  const row = await lockJob(trx, jobId);
  const news = row === null || row.ended_at !== null ? null : newsOf(row, seen);
  if (row === null || news === null) return;
  const { started, ready, stopping, extendable } = news;
  const text = stopping ? say("being_ended") : ready ? say("ready") : say("running");
  const changed = await trx
    .updateTable("jobs")
    .set({
      status: stopping ? "stopping" : started ? "running" : row.status,
      started_at: startOf(row, seen.startedAt),
      resource_job_id: row.resource_job_id === NO_NUMBER ? seen.resourceJobId : row.resource_job_id,
      ready: row.ready || seen.ready,
      ready_at: readyOf(row, seen),
      preparing: null,
      extendable,
      ...(seen.means === null ? {} : { means: JSON.stringify(seen.means) }),
      ...(started || ready || stopping ? { steps: withStep(text) } : {}),
    })
    .where("id", "=", jobId)
    .returningAll()
    .executeTakeFirstOrThrow();
  await publishStatus(context, trx, changed);
}

/** Writes down what is being prepared for a job that has not started yet, if it is news. */
export async function recordPreparing(
  context: SessionsContext,
  trx: SessionsTrx,
  jobId: number,
  preparing: string | null,
): Promise<void> {
  const row = await lockJob(trx, jobId);
  if (row === null || row.status !== "pending" || row.preparing === preparing) return;
  if (row.steps.length >= MOST_STEPS) return;
  const changed = await trx
    .updateTable("jobs")
    .set({ preparing, ...(preparing === null ? {} : { steps: withStep(preparing) }) })
    .where("id", "=", jobId)
    .returningAll()
    .executeTakeFirstOrThrow();
  await publishStatus(context, trx, changed);
}

/**
 * Writes down how a job ended and settles its core hours: once, whoever comes and however often. The workspace
 * becomes idle when nothing else runs in it, and is looked at again, as its files may have changed.
 * @returns the row as it is now; null when there is none
 */
export async function recordEnd(
  context: SessionsContext,
  trx: SessionsTrx,
  job: Pick<JobRow, "id" | "owner_id" | "workspace_id">,
  end: Ended,
  actor: AuditEntry["actor"] = SYSTEM,
): Promise<JobRow | null> {
  const workspace = await context.workspaces.lockForStart(trx, job.owner_id, job.workspace_id);
  const row = await lockJob(trx, job.id);
  if (row === null || row.ended_at !== null) return row;
  const judged = judge(row, end, context.jobTypes.get(row.job_type));
  const startedAt = startOf(row, end.startedAt);
  const endedAt = within(new Date(end.endedAt), startedAt ?? row.created_at);
  const changed = await trx
    .updateTable("jobs")
    .set({
      status: judged.status,
      reason: judged.reason,
      ready: false,
      preparing: null,
      started_at: startedAt,
      ready_at: readyOf(row, end),
      ended_at: endedAt,
      exit_code: end.code,
      exit_signal: end.signal,
      core_hours: startedAt === null ? "0" : coreHours(row.cpus, startedAt, chargedUntil(row, startedAt, endedAt)),
      steps: withStep(judged.reason ?? say("ended")),
    })
    .where("id", "=", job.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx.deleteFrom("session_idle").where("job_id", "=", job.id).execute();
  if (workspace !== null) {
    if (!(await hasOtherLiveJob(trx, job.workspace_id, job.id))) {
      await context.workspaces.markIdle(trx, job.workspace_id);
    }
    await context.workspaces.requestRescan(trx, job.workspace_id);
  }
  await publishStatus(context, trx, changed);
  await tellOfEnd(context, trx, changed, end.cause);
  await context.platform.audit.record(trx, {
    action: "session.end",
    actor,
    subject: { kind: "session", id: String(job.id), label: row.job_type },
    about: [row.owner_id],
    outcome: judged.status === "failed" ? "failed" : "done",
    details: { cause: end.cause, exit_code: end.code, exit_signal: end.signal, core_hours: changed.core_hours },
  });
  return changed;
}

/**
 * Ends a job that nothing is known of any more.
 * @param at the last moment that it is known to have run: nobody pays for what can't be shown
 */
export async function recordFailure(
  context: SessionsContext,
  jobId: number,
  reason: string,
  at = new Date(),
): Promise<void> {
  const job = await findJob(context.db, jobId);
  if (job === null || job.ended_at !== null) return;
  const endedAt = new Date(Math.max(at.getTime(), (job.started_at ?? job.created_at).getTime()));
  await context.db.transaction().execute((trx) => recordEnd(context, trx, job, lostEnd(reason, endedAt)));
}

/** When its program began, by what is told of it: not before we had it started, nor in the future. */
function startOf(row: JobRow, told: string | null): Date | null {
  return row.started_at ?? (told === null ? null : within(new Date(told), row.launched_at ?? row.created_at));
}

function readyOf(row: JobRow, { startedAt, readyAt }: Pick<Ended, "startedAt" | "readyAt">): Date | null {
  if (row.ready_at !== null || readyAt === null) return row.ready_at;
  return within(new Date(readyAt), startOf(row, startedAt) ?? row.created_at);
}

/** A host's time: its owner may have set it to whatever they like. Before `earliest` is then, after now is now. */
function within(time: Date, earliest: Date): Date {
  return new Date(Math.max(earliest.getTime(), Math.min(time.getTime(), Date.now())));
}

/** Nobody pays for more than it may have run: a clock that was set forward while it did is not its owner's doing. */
function chargedUntil({ time_limit_seconds: limit }: JobRow, startedAt: Date, endedAt: Date): Date {
  if (limit === null) return endedAt;
  return new Date(Math.min(endedAt.getTime(), startedAt.getTime() + (limit + OVERDUE_AFTER) * 1000));
}

function lostEnd(message: string, at: Date): Ended {
  const endedAt = at.toISOString();
  return {
    state: "ended",
    cause: "host_failed",
    code: null,
    signal: null,
    message,
    startedAt: null,
    readyAt: null,
    endedAt,
  };
}

function judge(
  row: JobRow,
  end: Ended,
  type: JobType | undefined,
): { status: "complete" | "failed"; reason: string | null } {
  if (row.desired === "stopped") return { status: "complete", reason: row.reason ?? end.message };
  switch (end.cause) {
    case "stopped":
    case "time_limit":
      return { status: "complete", reason: end.message };
    case "never_started":
      // Stopped before anybody tried to start it; or its start was tried, and given up.
      return { status: row.launched_at === null ? "complete" : "failed", reason: row.reason ?? end.message };
    case "over_limit":
    case "prepare_failed":
    case "spawn_failed":
    case "host_failed":
    case "vanished":
      return { status: "failed", reason: end.message };
    case "exited":
      return judgeExit(end, type);
  }
}

function judgeExit(end: Ended, type: JobType | undefined): { status: "complete" | "failed"; reason: string | null } {
  if (end.code === 0 || (type?.fails === "never" && end.code !== null)) return { status: "complete", reason: null };
  const reason =
    end.code === null
      ? say("ended_by_signal", { signal: end.signal ?? "a signal" })
      : say("ended_with_status", { status: end.code });
  return { status: type?.fails === "never" ? "complete" : "failed", reason };
}
