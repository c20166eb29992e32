import { beganAt, believedEnd } from "./began-at.ts";
import { isHere, type SessionsContext } from "./context.ts";
import { findJob } from "./queries.ts";
import type { Ended, Observation } from "./resources/contract.ts";
import { say } from "./sentences.ts";
import type { JobRow } from "./tables.ts";
import { keepLimit } from "./time/keep-limit.ts";
import { newsOf, recordEnd, recordFailure, recordPreparing, recordRunning } from "./transitions.ts";

/**
 * Looks at what a job is and makes it what it should be: the same after a change, a crash, a restart, or for no
 * reason. Starts nothing: that is the operation's, which alone knows whether it may.
 * @param read its row, where it was read just now: then one that is as it should be costs the database nothing
 * @returns the row as it is then; null when there is no such job
 */
export async function converge(context: SessionsContext, jobId: number, read?: JobRow): Promise<JobRow | null> {
  const { db, local, lastSeen } = context;
  const job = read ?? (await findJob(db, jobId));
  if (job === null || job.ended_at !== null || !isHere(context, job)) return job;
  const ranOn = job.desired === "stopped" && (await local.stop(job, job.reason ?? say("stopped")));
  const askedAt = new Date();
  const seen = await local.observe(job);
  lastSeen.note(jobId, seen, askedAt);
  switch (seen.state) {
    case "running":
    case "stopping":
      if (isAsWritten(job, seen)) return job;
      await writeRunning(context, job, seen);
      return keepLimit(context, await findJob(db, jobId), seen);
    case "ended":
      await settle(context, job, seen, ranOn);
      break;
    case "absent":
      // Pending: the operation is about to start it. Else it did run, and somebody cleared its folder away.
      if (job.status === "pending") break;
      await local.makeSure(job);
      await recordFailure(context, jobId, say("folder_gone"));
      break;
    case "starting":
      await db.transaction().execute((trx) => recordPreparing(context, trx, jobId, seen.preparing));
      break;
  }
  return findJob(db, jobId);
}

type Running = Extract<Observation, { state: "running" | "stopping" }>;

async function writeRunning(context: SessionsContext, job: JobRow, seen: Running): Promise<void> {
  const began = await beganAt(context, job, seen.startedAt, new Date());
  const believed = { ...seen, startedAt: began ?? seen.startedAt };
  await context.db.transaction().execute((trx) => recordRunning(context, trx, job.id, believed));
}

/**
 * Writes down an end, once nothing is left of it. What tells of it may be its owner's own word: what ran on has run
 * until now since it was launched, and nothing ended before it was last seen to run.
 */
async function settle(context: SessionsContext, job: JobRow, told: Ended, stoppedNow: boolean): Promise<void> {
  const { db, local, lastSeen, platform } = context;
  const ranOn = (await local.makeSure(job)) || stoppedNow;
  if (ranOn) platform.log.warn({ jobId: job.id, told }, "sessions: ended what ran on after its end was told");
  const seen = lastSeen.of(job);
  const end = ranOn
    ? { ...told, startedAt: iso(job.launched_at) ?? told.startedAt, endedAt: new Date().toISOString() }
    : await believedEnd(context, job, { ...told, endedAt: later(told.endedAt, seen) }, seen);
  await db.transaction().execute((trx) => recordEnd(context, trx, job, end));
  lastSeen.forget(job.id);
}

function later(told: string, seen: Date | null): string {
  return seen === null || seen.getTime() < Date.parse(told) ? told : seen.toISOString();
}

function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

function isAsWritten(job: JobRow, seen: Running): boolean {
  const keeps = seen.timeLimitSeconds;
  return newsOf(job, seen) === null && (keeps === undefined || keeps === job.time_limit_seconds);
}
