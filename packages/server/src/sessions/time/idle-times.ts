import type { SessionsContext } from "../context.ts";
import type { JobRow } from "../tables.ts";
import { idleStopSeconds } from "./idle-policy.ts";

/** What its page says of a session that nobody may be using. */
export interface IdleTime {
  /** If nobody uses it until then. */
  readonly stopsAt: Date;
  readonly afterSeconds: number;
  readonly warned: boolean;
}

/** By job; those that are not stopped for being idle are left out. */
export async function idleTimes(
  context: Pick<SessionsContext, "db" | "jobTypes" | "platform">,
  rows: readonly Pick<JobRow, "id" | "job_type" | "status">[],
  now = new Date(),
): Promise<ReadonlyMap<number, IdleTime>> {
  const { sessions } = context.platform.config;
  const limits = new Map<number, number>();
  for (const { id, job_type, status } of rows) {
    const seconds = status === "running" ? idleStopSeconds(context.jobTypes.get(job_type), sessions) : null;
    if (seconds !== null) limits.set(id, seconds);
  }
  if (limits.size === 0) return new Map();
  const known = await context.db
    .selectFrom("session_idle")
    .selectAll()
    .where("job_id", "in", [...limits.keys()])
    .execute();
  const counted = new Map(known.map((row) => [row.job_id, row]));
  const times = [...limits].map(([id, afterSeconds]): [number, IdleTime] => {
    const row = counted.get(id);
    // Time goes on between two counts; after an absence of the node's servers it has not.
    const stopsAt = new Date((row?.counted_at ?? now).getTime() + afterSeconds * 1000 - (row?.idle_ms ?? 0));
    return [id, { stopsAt, afterSeconds, warned: row !== undefined && row.warned_at !== null }];
  });
  return new Map(times);
}
