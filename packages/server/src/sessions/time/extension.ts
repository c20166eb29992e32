import type { Config } from "../../config/schema.ts";
import type { JobRow } from "../tables.ts";

type Timed = Pick<JobRow, "status" | "time_limit_seconds" | "started_at" | "ended_at" | "extendable">;
type Bounds = Pick<Config["sessions"], "longestSeconds" | "extendSeconds">;

/** Seconds that a host may be late with the end at the time limit, which is its own to keep. */
export const OVERDUE_AFTER = 300;

export interface Extension {
  readonly minutes: number;
  readonly until: Date;
}

/** When it reaches its time limit; null: it has not started, has ended, or has none. */
export function endOf(
  job: Pick<JobRow, "time_limit_seconds" | "started_at" | "ended_at">,
  limit = job.time_limit_seconds,
): Date | null {
  if (limit === null || job.started_at === null || job.ended_at !== null) return null;
  return new Date(job.started_at.getTime() + limit * 1000);
}

/** Minutes that its time limit may still grow by, whole ones. */
export function mostMinutes(job: Pick<JobRow, "time_limit_seconds">, { longestSeconds }: Bounds): number {
  return Math.max(0, Math.floor((longestSeconds - (job.time_limit_seconds ?? longestSeconds)) / 60));
}

/** What one click gives; null: it can't be extended, now or any more. */
export function extensionOf(job: Timed, bounds: Bounds): Extension | null {
  if (job.status !== "running" || !job.extendable || job.time_limit_seconds === null) return null;
  const minutes = Math.min(Math.floor(bounds.extendSeconds / 60), mostMinutes(job, bounds));
  const until = endOf(job, job.time_limit_seconds + minutes * 60);
  return minutes === 0 || until === null ? null : { minutes, until };
}
