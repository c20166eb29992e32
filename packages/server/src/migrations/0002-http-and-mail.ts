import { type Kysely, sql } from "kysely";

/** Rate limits that all processes share, mails that wait or are kept, and what is known of this installation. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Unlogged: losing it in a crash of the database costs nothing, and an attempt then writes no WAL.
  await sql`
    create unlogged table rate_limits (
      key text primary key,
      -- When the bucket is empty again (GCRA's theoretical arrival time).
      empty_at timestamptz not null
    )`.execute(db);
  await sql`create index rate_limits_empty_at on rate_limits (empty_at)`.execute(db);

  await sql`
    create table mails (
      id bigint generated always as identity primary key,
      recipient text not null,
      subject text not null,
      body text not null,
      locale text not null check (locale in ('en', 'fa')),
      state text not null default 'queued' check (state in ('queued', 'sent', 'kept', 'failed')),
      attempts integer not null default 0,
      last_error text,
      created_at timestamptz not null default now(),
      -- Not before; also the lease of the process that is sending it.
      due_at timestamptz not null default now(),
      sent_at timestamptz
    )`.execute(db);
  await sql`create index mails_due on mails (due_at) where state = 'queued'`.execute(db);
  await sql`create index mails_recent on mails (created_at desc, id desc)`.execute(db);

  await sql`
    create table instance (
      name text primary key,
      value text not null,
      changed_at timestamptz not null default now()
    )`.execute(db);
}
