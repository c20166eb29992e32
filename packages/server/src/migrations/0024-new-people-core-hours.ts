import { type Kysely, sql } from "kysely";

/** A new person's quota comes from the settings: nobody has set it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table core_hour_quotas alter column set_by drop not null`.execute(db);
}
