import type { SessionsContext } from "../context.ts";
import type { Observation } from "../resources/contract.ts";
import type { JobRow } from "../tables.ts";

type Running = Extract<Observation, { state: "running" | "stopping" }>;

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
