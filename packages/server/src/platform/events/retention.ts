import { type Kysely, sql } from "kysely";
import type { EventTables } from "./tables.ts";

/** Any number of ours: one process at a time thins. */
const THINNING_LOCK = 356_427;
const BATCH = 5_000;

/**
 * Removes events older than `days`, in batches; cursors before them are gone from then on.
 * @returns how many went.
 */
export async function thinEvents(db: Kysely<EventTables>, days: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const batch = await thinBatch(db, days);
    removed += batch;
    if (batch < BATCH) return removed;
  }
}

function thinBatch(db: Kysely<EventTables>, days: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ removed: number }>`
      with mine as materialized (select pg_try_advisory_xact_lock(${THINNING_LOCK}) as locked),
      old as (
        select id from events
        where (select locked from mine) and at < now() - make_interval(days => ${days})
        order by id limit ${BATCH}
      ),
      gone as (delete from events where id in (select id from old) returning id),
      noted as (
        update event_log set thinned_to = greatest(thinned_to, (select max(id) from gone))
        where exists (select 1 from gone) returning 1
      )
      select count(*)::int as removed from gone`.execute(trx);
    return rows[0]?.removed ?? 0;
  });
}

/** Makes every cursor given out so far `gone`: after a restore, where the same ids come again with other contents. */
export async function startNewEpoch(db: Kysely<EventTables>): Promise<void> {
  await sql`update event_log set epoch = substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)`.execute(db);
}
