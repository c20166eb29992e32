import { type RawBuilder, sql } from "kysely";
import { changedEvent } from "./announce.ts";
import type { OperationKind } from "./contract.ts";
import type { OperationDeps, Trx } from "./deps.ts";
import { line, writeHistory } from "./history.ts";
import type { Job } from "./job-queue.ts";
import type { OperationRow } from "./tables.ts";

export interface Claimed {
  readonly rows: readonly OperationRow[];
  /** Jobs fetched; fewer than asked for: the queue is empty. */
  readonly fetched: number;
}

/** First number of two, for locks on the subjects of exclusive operations. */
const SUBJECT_LOCKS = 356_430;
const KIND_LOCKS = 356_432;
const NO_BOUND = 1_000_000;

/**
 * Fetches jobs and makes their operations ours, all in one transaction: dying in the middle leaves jobs and
 * rows as they were. Each claim takes the next fencing number.
 */
export function claim(deps: OperationDeps, queue: string, kind: OperationKind, limit: number): Promise<Claimed> {
  return deps.db.transaction().execute(async (trx) => {
    const jobs = await deps.queue.fetch(trx, queue, limit);
    if (jobs.length === 0) return { rows: [], fetched: 0 };
    if (kind.exclusive) await lockSubjects(trx, jobs);
    if (kind.perActor !== undefined) await lockKind(trx, kind);
    const rows = await claimRows(deps, trx, kind, jobs);
    const claimed = new Set(rows.map((row) => row.job_id));
    // Cancelled meanwhile, a second job for the same operation, or not its turn, nor its actor's: whoever is before it
    // in line sends another job when done.
    const idle = jobs.filter((job) => !claimed.has(job.id)).map((job) => job.id);
    await deps.queue.remove(trx, queue, idle);
    await writeHistory(
      trx,
      rows.map((row) => startLine(row, deps.nodeId)),
    );
    await deps.events.publishAll(trx, rows.map(changedEvent));
    return { rows, fetched: jobs.length };
  });
}

function startLine(row: OperationRow, node: string) {
  if (row.settling) return line(row.id, "settling");
  return row.attempt > 1
    ? line(row.id, "started_again", { node, attempt: row.attempt })
    : line(row.id, "started", { node });
}

/** A statement of its own: what the next one sees must be newer than the locks. */
async function lockSubjects(trx: Trx, jobs: readonly Job[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(${SUBJECT_LOCKS}, subject) from (
      select distinct hashtext(subject_kind || ' ' || subject_id) as subject from operations
      where id = any(${jobs.map((job) => job.operationId)}::uuid[]) order by 1
    ) subjects`.execute(trx);
}

/** Two processes that count an actor's operations at once would both find room. */
async function lockKind(trx: Trx, { kind }: OperationKind): Promise<void> {
  await sql`select pg_advisory_xact_lock(${KIND_LOCKS}, hashtext(${kind}))`.execute(trx);
}

/**
 * True for an exclusive operation o whose turn has not come: another one of its subject (of any exclusive
 * kind) runs, or one that was asked for earlier is due or between two attempts.
 */
export const waitsForTurn: RawBuilder<boolean> = sql<boolean>`(o.exclusive and exists (
  select 1 from operations p
  where p.exclusive and p.subject_kind = o.subject_kind and p.subject_id = o.subject_id and p.id <> o.id
    and (p.state = 'running'
      or (p.state = 'queued' and p.seq < o.seq and (p.not_before <= now() or p.attempt > 0)))
))`;

async function claimRows(
  deps: OperationDeps,
  trx: Trx,
  kind: OperationKind,
  jobs: readonly Job[],
): Promise<OperationRow[]> {
  const { rows } = await sql<OperationRow>`
    with job as (
      select * from unnest(${jobs.map((job) => job.id)}::uuid[], ${jobs.map((job) => job.operationId)}::uuid[])
        as job (id, operation_id)
    ),
    due as (
      select o.id, o.kind, o.actor_id, row_number() over (partition by o.actor_id order by o.seq) as place
      from operations o
      where o.id in (select operation_id from job) and o.state = 'queued' and o.not_before <= now()
        and not ${waitsForTurn}
    ),
    candidate as (
      select o.id from operations o join due on due.id = o.id
      where o.state = 'queued' and (due.actor_id is null or due.place <= ${kind.perActor ?? NO_BOUND} - (
        select count(*) from operations p where p.kind = due.kind and p.state = 'running' and p.actor_id = due.actor_id))
      order by o.id for update of o
    )
    update operations o set
      state = 'running', fence = o.fence + 1, job_id = job.id, worker = ${deps.worker},
      attempt = o.attempt + (o.settling is null)::int,
      settle_attempts = o.settle_attempts + (o.settling is not null)::int,
      heartbeat_at = clock_timestamp(), lease_seconds = ${kind.heartbeatSeconds},
      expires_at = clock_timestamp() + make_interval(secs => ${kind.expireSeconds}),
      claimed_at = clock_timestamp(), started_at = coalesce(o.started_at, clock_timestamp())
    from candidate c
    join lateral (select id from job where job.operation_id = c.id limit 1) job on true
    where o.id = c.id
    returning o.*`.execute(trx);
  return rows.sort((a, b) => a.seq - b.seq);
}
