import { type Kysely, sql } from "kysely";

/**
 * When everybody was last asked to be counted anew, and when each was last begun to be looked at: to ask is one row's
 * change. A server of the release before that runs beside asks by a change of each, which counts as well; while it is the
 * one that scans, what is asked of the new one waits for its end.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table storage_recounts (
      only_one boolean primary key default true check (only_one),
      asked_at timestamptz not null
    )`.execute(db);
  await sql`alter table storage_subjects add column looked_at timestamptz`.execute(db);
}
