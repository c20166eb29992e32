import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { changedEvent } from "./announce.ts";
import { waitsForTurn } from "./claim.ts";
import type { OperationDeps, Trx } from "./deps.ts";
import { type HistoryLine, line, writeHistory } from "./history.ts";
import { forgetOldKeys } from "./idempotency.ts";
import type { OperationRow } from "./tables.ts";

/** Any number that no other lock has: one process sweeps at a time. */
const SWEEP_LOCK = 356_429;
const MOST = 200;
/** An attempt that has outlived its time by so much: its process may beat, but does not end it. */
const OVERDUE_SECONDS = 30;

export interface Swept {
  /** How many were put back. */
  readonly count: number;
  /** There may be more: it takes so many at once. */
  readonly more: boolean;
}

/**
 * Puts back what nobody works on: running rows whose lease ran out (kill -9, a stalled process), and queued
 * rows without a job (a restored database, a queue that lost them).
 * @returns null when another process is at it.
 */
export function sweep(deps: OperationDeps): Promise<Swept | null> {
  return deps.db.transaction().execute(async (trx) => {
    const lock = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${SWEEP_LOCK}) as held`.execute(trx);
    if (!lock.rows[0]?.held) return null;
    const known = deps.kinds.all().map(({ kind }) => kind);
    // In this order: those that were lost get their jobs below.
    const bounded = deps.kinds.all().filter(({ perActor }) => perActor !== undefined);
    const jobless = await takeJobless(
      trx,
      known,
      bounded.map(({ kind }) => kind),
    );
    const lost = await takeLost(trx, known);
    const rows = [...lost.map(({ row }) => row), ...jobless.rows];
    // One that never began was asked for before the queue was there: nobody need read of that.
    const found = jobless.rows.filter((row) => row.attempt > 0).map((row) => line(row.id, "found"));
    await writeHistory(trx, [...lost.map((each) => each.line), ...found]);
    await deps.events.publishAll(
      trx,
      lost.map(({ row }) => changedEvent(row)),
    );
    for (const { row, oldJob } of lost) if (oldJob) await deps.queue.remove(trx, row.queue, [oldJob]);
    const jobs = rows.map((row) => ({
      id: row.job_id ?? uuidv7(),
      queue: row.queue,
      operationId: row.id,
      ...(row.not_before.getTime() > Date.now() && { startAfter: row.not_before }),
    }));
    await deps.queue.send(trx, jobs);
    await forgetOldKeys(trx);
    return { count: rows.length, more: lost.length === MOST || jobless.more };
  });
}

/** The lease is over: a new fencing number, so that the old worker writes nothing any more. */
async function takeLost(
  trx: Trx,
  kinds: readonly string[],
): Promise<{ row: OperationRow; line: HistoryLine; oldJob: string | null }[]> {
  const { rows } = await sql<OperationRow & { lost_worker: string | null; lost_job: string | null; for_good: boolean }>`
    with lost as (
      select o.id, o.worker, o.job_id, o.settling is null and o.attempt >= o.max_attempts as for_good from operations o
      where o.state = 'running' and o.kind = any(${[...kinds]})
        and (o.heartbeat_at < clock_timestamp() - make_interval(secs => o.lease_seconds)
          or o.expires_at < clock_timestamp() - make_interval(secs => ${OVERDUE_SECONDS}))
      order by o.id limit ${MOST} for update skip locked
    )
    update operations o set
      state = 'queued', fence = o.fence + 1, worker = null, heartbeat_at = null, expires_at = null,
      not_before = now(), job_id = gen_random_uuid(),
      settling = case when lost.for_good then 'failed' else o.settling end,
      error = case when lost.for_good then ${JSON.stringify(lostError)}::jsonb else o.error end
    from lost where o.id = lost.id
    returning o.*, lost.worker as lost_worker, lost.job_id as lost_job, lost.for_good`.execute(trx);
  return rows.map(({ lost_worker, lost_job, for_good, ...row }) => {
    const node = lost_worker?.split("#", 1)[0] ?? "";
    return { row, line: line(row.id, for_good ? "lost_for_good" : "lost", { node }), oldJob: lost_job };
  });
}

const lostError = {
  code: "unavailable",
  message: "The server stopped in the middle of it, as often as it is tried.",
  remedy: "Ask an administrator to look into the server's log, then try again.",
};

interface Jobless {
  /** With the id of the job to send. */
  readonly rows: OperationRow[];
  readonly more: boolean;
}

/**
 * A row and its job are written in one transaction, and a job is taken in the transaction that claims the row:
 * a queued row without a job has lost it, unless its actor has others at work, whose end gives it one. (The queue's own table is read; pg-boss asks one job at a time.)
 */
async function takeJobless(trx: Trx, kinds: readonly string[], bounded: readonly string[]): Promise<Jobless> {
  const { rows: found } = await sql<{ id: string; queue: string }>`
    select o.id, o.queue from operations o
    where o.state = 'queued' and o.kind = any(${[...kinds]}) and not ${waitsForTurn}
      and not (o.kind = any(${[...bounded]}) and exists (
        select 1 from operations p where p.kind = o.kind and p.state = 'running' and p.actor_id = o.actor_id))
      and not exists (
        select 1 from pgboss.job j where j.name = o.queue and j.id = o.job_id and j.state in ('created', 'retry'))
    order by o.id limit ${MOST} for update of o skip locked`.execute(trx);
  if (found.length === 0) return { rows: [], more: false };
  const known = await adoptJobs(trx, found);
  const lost = found.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  const { rows } = await sql<OperationRow>`
    update operations o set job_id = gen_random_uuid() where o.id = any(${lost}::uuid[]) returning o.*`.execute(trx);
  return { rows, more: found.length === MOST };
}

/**
 * Who was next in line may have a job by another id than its row says: the row is told. Asked for these few only,
 * and of the queue once: as a condition of the search it would read the whole queue for each row.
 * @returns the operations that have one
 */
async function adoptJobs(trx: Trx, found: readonly { id: string; queue: string }[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    with job as (
      select distinct on (j.data ->> 'operation') j.data ->> 'operation' as operation, j.id from pgboss.job j
      where j.name = any(${[...new Set(found.map(({ queue }) => queue))]}) and j.state in ('created', 'retry')
        and j.data ->> 'operation' = any(${found.map(({ id }) => id)})
    )
    update operations o set job_id = job.id from job where o.id = job.operation::uuid returning o.id`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}
