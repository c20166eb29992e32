import { type Kysely, sql } from "kysely";

/** Who holds a token for somebody else's server; since when a webhook has too much waiting. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The administrator who opened it; null: its owner did.
  await sql`
    alter table hub_tokens add column opened_by bigint references accounts (id) on delete set null`.execute(db);
  // Events are left out since then, and its owner was told; null: there is room.
  await sql`alter table webhook_endpoints add column full_since timestamptz`.execute(db);
}
