import { words } from "./contract/messages.ts";
import type { JobType } from "./job-types/contract.ts";
import type { JobRow } from "./tables.ts";

/** One line about where a session stands, in contract 3's words where it has some. */
export function messageOf(job: Pick<JobRow, "status" | "ready" | "reason">, web: JobType["web"]): string {
  switch (job.status) {
    case "failed":
      return words.failed;
    case "complete":
    case "stopping":
      return job.reason ?? "";
    case "pending":
      return words.notReady;
    case "running":
      if (web === "none") return words.noUrl;
      return job.ready ? words.ready : words.notReady;
  }
}

/** Seconds that it may still run; null: without a limit, or it has ended. */
export function timeLeft(
  job: Pick<JobRow, "time_limit_seconds" | "started_at" | "ended_at">,
  now = Date.now(),
): number | null {
  if (job.time_limit_seconds === null || job.ended_at !== null) return null;
  const gone = job.started_at === null ? 0 : (now - job.started_at.getTime()) / 1000;
  return Math.max(0, Math.floor(job.time_limit_seconds - gone));
}
