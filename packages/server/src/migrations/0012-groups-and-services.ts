import { type Kysely, sql } from "kysely";

/** Groups of people, service accounts with their client tokens, and who brought whom. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await kinds(db);
  await groups(db);
  await clientTokens(db);
}

async function kinds(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table accounts
      add column kind text not null default 'person' check (kind in ('person', 'service')),
      -- The service that made this person known here, and the name it calls them by. Equal spelling says nothing.
      add column brought_by bigint references accounts (id),
      add column brought_as text,
      add constraint accounts_service_check
        check (kind = 'person' or (password_hash is null and not is_admin and brought_by is null)),
      add constraint accounts_brought_check check ((brought_by is null) = (brought_as is null))`.execute(db);
  await sql`create unique index accounts_brought on accounts (brought_by, brought_as) where brought_by is not null`.execute(
    db,
  );
  await sql`create index accounts_services on accounts (id) where kind = 'service'`.execute(db);
}

async function groups(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table groups (
      id bigint generated always as identity primary key,
      name text not null,
      -- NFC and lower case: what uniqueness is about.
      name_key text not null unique,
      description text not null default '',
      -- Made by us, with a meaning of its own: it can't be renamed or deleted, and has service accounts only.
      built_in boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table group_members (
      group_id bigint not null references groups (id) on delete cascade,
      account_id bigint not null references accounts (id) on delete cascade,
      is_owner boolean not null default false,
      added_at timestamptz not null default now(),
      primary key (group_id, account_id)
    )`.execute(db);
  await sql`create index group_members_account on group_members (account_id, group_id)`.execute(db);
  await sql`
    insert into groups (name, name_key, description, built_in)
    values ('api_clients', 'api_clients', 'Services that may get tokens for people they bring (POST /tokens/).', true)
  `.execute(db);
}

async function clientTokens(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table client_tokens (
      key_id text primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      secret_hash bytea not null unique,
      label text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      revoked_at timestamptz,
      last_used_at timestamptz,
      last_ip text,
      usage_count bigint not null default 0
    )`.execute(db);
  await sql`create index client_tokens_account on client_tokens (account_id, created_at)`.execute(db);
  // A client token that leaked takes with it what was got by it.
  await sql`alter table uws_tokens add column client_key_id text references client_tokens (key_id)`.execute(db);
  await sql`create index uws_tokens_client on uws_tokens (client_key_id) where client_key_id is not null`.execute(db);
}
