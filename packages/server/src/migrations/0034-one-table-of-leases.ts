import { type Kysely, sql } from "kysely";

/**
 * The storage's leases stand with everybody's. What the old table holds is not taken along: for an upgrade the server is
 * stopped, which gives its leases back, and one that was killed would hold none a moment after the next start. A server
 * of the release before that runs beside all the same finds no table: it warns, and leaves to the new one what only one
 * does at a time; people's requests take no such lease.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop table storage_leases`.execute(db);
}
