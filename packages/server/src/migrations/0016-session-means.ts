import { type Kysely, sql } from "kysely";

/** How a session is kept apart and held to its limits, and what is being prepared for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table jobs
      -- {isolation, network, limits, ending}; null: not started yet, or its resource can't tell.
      add column means jsonb,
      -- The step that is under way before its program starts.
      add column preparing text`.execute(db);
}
