import { type Kysely, sql } from "kysely";

/** Whose each mail is, wherever it went: an account that is deleted takes along what was sent to earlier addresses. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table mails
      -- Null: nobody's here, or of before this was written down and to no present address.
      add column account_id bigint references accounts (id) on delete cascade,
      -- Its account is gone: the row goes as soon as nobody has to send it any more.
      add column to_forget boolean not null default false`.execute(db);
  await sql`update mails m set account_id = a.id from accounts a where a.email = m.recipient`.execute(db);
  await sql`create index mails_account on mails (account_id, id) where account_id is not null`.execute(db);
}
