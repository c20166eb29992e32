import { type Kysely, sql } from "kysely";

/** What people are told of that happened without their doing, and which of it they want where. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table notices (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      kind text not null,
      -- What happened, once: told again by a retry, it is the same notice.
      key text not null,
      subject_kind text not null,
      subject_id text not null,
      -- What its sentence is made of.
      said jsonb not null,
      -- Not: it goes by mail only.
      shown boolean not null,
      mail text not null check (mail in ('none', 'due', 'digest', 'sent')),
      created_at timestamptz not null default now(),
      read_at timestamptz,
      unique (account_id, kind, key)
    )`.execute(db);
  await sql`create index notices_shown on notices (account_id, id desc) where shown`.execute(db);
  await sql`create index notices_unread on notices (account_id, id desc) where shown and read_at is null`.execute(db);
  await sql`create index notices_mail on notices (mail, account_id) where mail in ('due', 'digest')`.execute(db);
  await sql`
    create table notice_preferences (
      account_id bigint not null references accounts (id) on delete cascade,
      kind text not null,
      shown boolean not null,
      mail text not null check (mail in ('none', 'at_once', 'daily')),
      primary key (account_id, kind)
    )`.execute(db);
  await sql`
    create table sign_in_places (
      account_id bigint not null references accounts (id) on delete cascade,
      -- The network of its address: from a new one its owner is told.
      place cidr not null,
      seen_at timestamptz not null default now(),
      primary key (account_id, place)
    )`.execute(db);
  // Events that are nobody's but their account's, administrators included. Short-lived rows: they need no second look.
  await sql`
    alter table events drop constraint events_visibility_check,
      add constraint events_visibility_check
        check (visibility in ('accounts', 'everyone', 'internal', 'private')) not valid`.execute(db);
}
