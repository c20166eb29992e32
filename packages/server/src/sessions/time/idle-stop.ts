import { sql } from "kysely";
import type { SessionsContext } from "../context.ts";
import { tellOfIdleness, tellOfStop } from "../notices.ts";
import { findJob, lockJob, withStep } from "../queries.ts";
import { say } from "../sentences.ts";
import { stopUnasked } from "../stop-session.ts";
import type { SessionsTrx } from "../tables.ts";
import { publishStatus } from "../transitions.ts";

export interface IdleCount {
  readonly jobId: number;
  readonly jobType: string;
  readonly idleMs: number;
  readonly warned: boolean;
}

/**
 * Adds the time since the last count to the sessions that run from this place. Any number of servers may: each adds
 * what no other has. What lies further back than `gapMs` is not added: nobody was there to see whether somebody used
 * it, or the clock was set.
 */
export async function countIdleTime(
  context: SessionsContext,
  jobTypes: readonly string[],
  gapMs: number,
): Promise<readonly IdleCount[]> {
  const { rows } = await sql<{ job_id: number; job_type: string; idle_ms: number; warned: boolean }>`
    insert into session_idle as counted (job_id)
    select id from jobs
    where place = ${context.local.place} and node_id = ${context.platform.config.nodeId}
      and status = 'running' and job_type = any(${[...jobTypes]})
    order by id
    on conflict (job_id) do update set
      idle_ms = counted.idle_ms + case
        when now() - counted.counted_at between interval '0' and make_interval(secs => ${gapMs / 1000})
        then (extract(epoch from now() - counted.counted_at) * 1000)::bigint else 0 end,
      counted_at = now()
    returning job_id, idle_ms, warned_at is not null as warned,
      (select job_type from jobs where id = job_id) as job_type`.execute(context.db);
  return rows.map((row) => ({
    jobId: row.job_id,
    jobType: row.job_type,
    idleMs: row.idle_ms,
    warned: row.warned,
  }));
}

/** Warns its owner once; from then on the whole time of warning is left, however late it comes. */
export async function warnOfIdleStop(
  context: SessionsContext,
  jobId: number,
  { stopSeconds, warnSeconds }: { readonly stopSeconds: number; readonly warnSeconds: number },
): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const job = await lockJob(trx, jobId);
    const idle = await lockIdle(trx, jobId);
    if (job === null || job.status !== "running" || idle === null) return;
    if (idle.warned_at !== null || idle.idle_ms < warnSeconds * 1000) return;
    await trx
      .updateTable("session_idle")
      .set({ warned_at: sql`now()`, idle_ms: Math.round(warnSeconds * 1000) })
      .where("job_id", "=", jobId)
      .execute();
    const left = stopSeconds - warnSeconds;
    const steps = withStep(say("idle_warning", { minutes: inMinutes(warnSeconds), left: inMinutes(left) }));
    await trx.updateTable("jobs").set({ steps }).where("id", "=", jobId).execute();
    await publishStatus(context, trx, job);
    const stopsAt = new Date(Date.now() + left * 1000).toISOString();
    await context.platform.events.publish(trx, {
      type: "session.idle",
      subject: { kind: "session", id: String(jobId) },
      audience: [job.owner_id],
      data: {
        workspace_id: job.workspace_id,
        after_seconds: stopSeconds,
        stops_at: stopsAt,
      },
    });
    await tellOfIdleness(context, trx, job, stopsAt);
  });
}

/** Stops it, unless somebody has used or kept it meanwhile. */
export async function stopForIdleness(context: SessionsContext, jobId: number, stopSeconds: number): Promise<void> {
  const job = await findJob(context.db, jobId);
  if (job === null) return;
  const reason = say("stopped_idle", { minutes: inMinutes(stopSeconds) });
  await stopUnasked(context, job, reason, async (trx) => {
    const idle = await lockIdle(trx, jobId);
    const isDue = idle !== null && idle.idle_ms >= stopSeconds * 1000;
    if (isDue) await tellOfStop(context, trx, job, "idle");
    return isDue;
  });
}

async function lockIdle(trx: SessionsTrx, jobId: number) {
  const row = trx.selectFrom("session_idle").selectAll().where("job_id", "=", jobId).forUpdate();
  return (await row.executeTakeFirst()) ?? null;
}

/** With one decimal, where there are less than ten. */
function inMinutes(seconds: number): number {
  const minutes = seconds / 60;
  return minutes < 10 ? Math.round(minutes * 10) / 10 : Math.round(minutes);
}
