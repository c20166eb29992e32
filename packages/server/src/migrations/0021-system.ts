import { type Kysely, sql } from "kysely";

/** Settings changed in the portal, maintenance, and what administrators announce. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table live_settings (
      name text primary key,
      -- As it would be written in the environment; null: back at its default.
      value text,
      previous text,
      version bigint not null default 1,
      changed_by bigint references accounts (id) on delete set null,
      changed_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table maintenance (
      -- One row at most: the maintenance that is on, planned, or was the last.
      single boolean primary key default true check (single),
      message text not null,
      message_fa text not null default '',
      starts_at timestamptz not null,
      -- Null: until somebody ends it.
      ends_at timestamptz check (ends_at > starts_at),
      over boolean not null default false,
      version bigint not null default 1,
      changed_by bigint references accounts (id) on delete set null,
      changed_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table announcements (
      id bigint generated always as identity primary key,
      title text not null,
      text text not null,
      title_fa text not null default '',
      text_fa text not null default '',
      kind text not null check (kind in ('info', 'warning')),
      audience text not null check (audience in ('everyone', 'admins', 'group')),
      group_id bigint references groups (id) on delete cascade,
      -- Also to people who have not signed in.
      public boolean not null default false,
      dismissible boolean not null default true,
      starts_at timestamptz not null,
      -- Null: until somebody ends it.
      ends_at timestamptz,
      version bigint not null default 1,
      created_by bigint references accounts (id) on delete set null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz,
      check ((audience = 'group') = (group_id is not null)),
      check (not public or audience = 'everyone')
    )`.execute(db);
  await sql`create index announcements_shown on announcements (ends_at) where deleted_at is null`.execute(db);
  await sql`
    create table announcement_dismissals (
      announcement_id bigint not null references announcements (id) on delete cascade,
      account_id bigint not null references accounts (id) on delete cascade,
      dismissed_at timestamptz not null default now(),
      primary key (announcement_id, account_id)
    )`.execute(db);
  await sql`create index announcement_dismissals_account on announcement_dismissals (account_id)`.execute(db);
}
