import { type Kysely, sql } from "kysely";

/**
 * What mails say is kept sealed, and only as long as somebody needs it: one-time links stand in it. The texts
 * kept so far go: they were readable, and a migration has no key to seal them with.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table mails drop column body`.execute(db);
  await sql`
    alter table mails
      -- Null once it was sent, or is over.
      add column body_sealed text,
      -- When what it says is over (its link is); null: never.
      add column expires_at timestamptz`.execute(db);
  await sql`create index mails_expiring on mails (expires_at) where body_sealed is not null`.execute(db);
}
