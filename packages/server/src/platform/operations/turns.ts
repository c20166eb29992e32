import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { OperationDeps, Trx } from "./deps.ts";
import { sendJob } from "./enqueue.ts";
import type { OperationRow } from "./tables.ts";

/**
 * An exclusive operation has left the line: whoever is next for its subject gets a job. It may have one
 * already (then the second finds it running and is dropped), but its own may just be dropped because it came
 * too early, in a transaction that we can't see yet; so always.
 */
export async function sendNextInLine(deps: OperationDeps, trx: Trx, rows: readonly OperationRow[]): Promise<void> {
  const left = rows.filter((row) => row.exclusive);
  if (left.length === 0) return;
  const { rows: next } = await sql<OperationRow>`
    select distinct on (o.subject_kind, o.subject_id) o.* from operations o
    join unnest(${left.map((row) => row.subject_kind)}::text[], ${left.map((row) => row.subject_id)}::text[])
      as subject (kind, id) on subject.kind = o.subject_kind and subject.id = o.subject_id
    where o.exclusive and o.state = 'queued' and (o.not_before <= now() or o.attempt > 0)
    order by o.subject_kind, o.subject_id, o.seq`.execute(trx);
  for (const row of next) {
    if (row.not_before.getTime() <= Date.now()) await sendJob(deps, trx, { ...row, job_id: uuidv7() });
  }
}

/**
 * An operation has ended of whose kind an actor has few at once: those that wait for it get jobs. A second one for the
 * same operation is dropped; what is passed over here, the sweep finds.
 */
export async function sendNextOfActors(deps: OperationDeps, trx: Trx, rows: readonly OperationRow[]): Promise<void> {
  const left = rows.filter(({ kind, actor_id }) => actor_id !== null && deps.kinds.find(kind)?.perActor !== undefined);
  if (left.length === 0) return;
  const { rows: next } = await sql<OperationRow>`
    select o.* from unnest(${left.map(({ kind }) => kind)}::text[], ${left.map((row) => row.actor_id)}::int[])
      with ordinality as ended (kind, actor_id, place)
    join lateral (
      select * from operations o
      where o.kind = ended.kind and o.actor_id = ended.actor_id and o.state = 'queued' and o.not_before <= now()
      order by o.seq limit ${left.length + 1}) o on true`.execute(trx);
  const distinct = new Map(next.map((row) => [row.id, row]));
  for (const row of distinct.values()) await sendJob(deps, trx, { ...row, job_id: uuidv7() });
}
