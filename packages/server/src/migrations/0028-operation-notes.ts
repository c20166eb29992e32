import { type Kysely, sql } from "kysely";

/** What a run of an operation keeps for the one after it: what is done once must not be done again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table operations add column kept jsonb`.execute(db);
}
