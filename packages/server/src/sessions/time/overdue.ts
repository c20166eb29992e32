import { sql } from "kysely";
import type { SessionsContext } from "../context.ts";
import { findJob } from "../queries.ts";
import { say } from "../sentences.ts";
import { stopUnasked } from "../stop-session.ts";
import { OVERDUE_AFTER } from "./extension.ts";

const LOOK_EVERY_MS = 30_000;
/** The two clocks of this machine don't part by so much unless one of them was set. */
const JUMP_MS = 30_000;

/**
 * Ends sessions whose hosts don't: a host runs as the session's owner, who may tell it anything, and what was set
 * aside for it is all that it may take. After the clock was set it looks away for those that ran by then: their
 * hosts go by a clock that nobody sets.
 */
export function createOverdueSweep(context: SessionsContext) {
  const apart = (): number => Date.now() - performance.now();
  let before = apart();
  let clockSetAt: Date | null = null;

  return {
    everyMs: LOOK_EVERY_MS,
    async sweep(): Promise<void> {
      if (Math.abs(apart() - before) > JUMP_MS) clockSetAt = new Date();
      before = apart();
      for (const id of await overdue(context)) {
        const job = await findJob(context.db, id);
        if (job?.started_at === null || job === null) continue;
        if (clockSetAt !== null && job.started_at < clockSetAt) continue;
        await stopUnasked(context, job, limitReached(job.time_limit_seconds ?? 0));
        context.platform.log.warn({ jobId: id }, "sessions: ending one whose host did not, at its time limit");
      }
    },
  };
}

async function overdue(context: SessionsContext): Promise<readonly number[]> {
  const rows = await context.db
    .selectFrom("jobs")
    .select("id")
    .where("place", "=", context.local.place)
    .where("node_id", "=", context.platform.config.nodeId)
    .where("status", "=", "running")
    .where("time_limit_seconds", "is not", null)
    .where(sql<boolean>`started_at + make_interval(secs => time_limit_seconds + ${OVERDUE_AFTER}) < now()`)
    .execute();
  return rows.map((row) => row.id);
}

function limitReached(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes === 0 ? say("time_limit_seconds", { seconds }) : say("time_limit_minutes", { minutes });
}
