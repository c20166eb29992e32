import { type Kysely, sql } from "kysely";

/**
 * A row is both the mark that a ticket was redeemed (its id is the ticket's nonce, so a second redemption
 * collides) and the browser's access that came of it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE session_access (
      id text PRIMARY KEY,
      job_id bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      credential_id text NOT NULL,
      credential_kind text NOT NULL,
      credential_seen_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX session_access_by_expiry ON session_access (expires_at)`.execute(db);
  // An access asks whether its credential ended since: by subject, among very many other events.
  await sql`CREATE INDEX events_of_revocations ON events (subject_id, at) WHERE type = 'credential.revoked'`.execute(
    db,
  );
}
