import { setTimeout as sleep } from "node:timers/promises";
import { isHere, type SessionsContext } from "../context.ts";
import { findJob } from "../queries.ts";
import type { Observation } from "../resources/contract.ts";
import type { JobRow } from "../tables.ts";

type Running = Extract<Observation, { state: "running" | "stopping" }>;

const TRIES = 30;
const TRY_AGAIN_MS = 1000;

/**
 * Tells a session's host the time limit that its row has, unless it keeps to that already: it was silent when it was
 * extended, or the server ended in between.
 * @param job read after it was seen so: never an older limit than its host was told
 */
export async function keepLimit(context: SessionsContext, job: JobRow | null, seen: Running): Promise<JobRow | null> {
  const keeps = seen.timeLimitSeconds;
  if (job === null || job.ended_at !== null || seen.state !== "running") return job;
  if (keeps !== undefined && keeps !== job.time_limit_seconds) await context.local.limit(job, job.time_limit_seconds);
  return job;
}

/**
 * Tells it after an extension, and again while it is silent, for half a minute: its old limit may be near. After that
 * the keeper's looks do.
 * @throws when the database can't be asked, or the signal ends it
 */
export async function tellLimit(context: SessionsContext, jobId: number, signal: AbortSignal): Promise<void> {
  for (let left = TRIES; left > 0; left -= 1) {
    const job = await findJob(context.db, jobId);
    if (job === null || job.status !== "running" || !isHere(context, job)) return;
    if (await context.local.limit(job, job.time_limit_seconds)) return;
    await sleep(TRY_AGAIN_MS, undefined, { signal });
  }
}
