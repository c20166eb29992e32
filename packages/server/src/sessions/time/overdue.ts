import { join } from "node:path";
import { sql } from "kysely";
import type { SessionsContext } from "../context.ts";
import { tellOfStop } from "../notices.ts";
import { findJob } from "../queries.ts";
import { say } from "../sentences.ts";
import { stopUnasked } from "../stop-session.ts";
import { OVERDUE_AFTER } from "./extension.ts";
import { watchClock } from "./set-clock.ts";

const LOOK_EVERY_MS = 30_000;
/** Seconds that the steps before a program's start take at most, with what is between them. */
const PREPARED_WITHIN = 7200;

/**
 * Ends sessions whose hosts don't: a host runs as the session's owner, who may tell it anything, and have it tell
 * anything: that it is being prepared still, or about to end. What was set aside for it is all that it may take. After
 * the clock was set it looks away for those that ran by then: their hosts go by a clock that nobody sets.
 */
export function createOverdueSweep(
  context: SessionsContext,
  clock = watchClock(join(context.platform.config.dataDir, "run", "sessions", ".clock")),
) {
  return {
    everyMs: LOOK_EVERY_MS,
    async sweep(): Promise<void> {
      const clockSetAt = clock.setAt();
      for (const id of await overdue(context)) {
        const job = await findJob(context.db, id);
        const since = job?.started_at ?? job?.launched_at ?? null;
        if (job === null || since === null) continue;
        if (clockSetAt !== null && since < clockSetAt) continue;
        await stopUnasked(context, job, limitReached(job.time_limit_seconds ?? 0), async (trx) => {
          await tellOfStop(context, trx, job, "time");
          return true;
        });
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
    .where("ended_at", "is", null)
    .where("desired", "=", "running")
    .where("time_limit_seconds", "is not", null)
    .where(
      sql<boolean>`coalesce(started_at, launched_at + make_interval(secs => ${PREPARED_WITHIN}))
        + make_interval(secs => time_limit_seconds + ${OVERDUE_AFTER}) < now()`,
    )
    .execute();
  return rows.map((row) => row.id);
}

function limitReached(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes === 0 ? say("time_limit_seconds", { seconds }) : say("time_limit_minutes", { minutes });
}
