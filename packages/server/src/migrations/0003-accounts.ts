import { type Kysely, sql } from "kysely";

/** People, their credentials and the keys that sign them. Secrets are kept as SHA-256 or argon2id only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await accounts(db);
  await tokens(db);
  await signing(db);
}

async function accounts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table accounts (
      id bigint generated always as identity primary key,
      username text not null,
      username_key text not null unique,
      email text not null unique,
      full_name text not null,
      organization text,
      locale text check (locale in ('en', 'fa')),
      password_hash text,
      must_change_password boolean not null default false,
      -- The first admin's printed password, sealed, until it has been used once.
      one_time_password text,
      is_admin boolean not null default false,
      status text not null default 'active' check (status in ('active', 'pending', 'deactivated')),
      -- Access tokens carry it; one more, and all earlier ones are dead.
      token_epoch integer not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      last_login_at timestamptz
    )`.execute(db);
  await sql`create index accounts_active_admins on accounts (id) where is_admin and status = 'active'`.execute(db);
  await sql`
    create table web_sessions (
      id text primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      secret_hash bytea not null unique,
      created_at timestamptz not null default now(),
      last_used_at timestamptz not null default now(),
      idle_expires_at timestamptz not null,
      absolute_expires_at timestamptz not null,
      last_ip text,
      last_ua text
    )`.execute(db);
  await sql`create index web_sessions_account on web_sessions (account_id)`.execute(db);
  await sql`create index web_sessions_expiry on web_sessions (idle_expires_at)`.execute(db);
  await sql`
    create table account_links (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      purpose text not null check (purpose in ('reset', 'confirm')),
      secret_hash bytea not null unique,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz
    )`.execute(db);
  await sql`create index account_links_account on account_links (account_id, purpose)`.execute(db);
}

async function tokens(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table personal_tokens (
      key_id text primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      secret_hash bytea not null unique,
      label text not null,
      scopes text[] not null,
      created_at timestamptz not null default now(),
      expiry_at timestamptz not null,
      hard_expiry_at timestamptz not null,
      revoked_at timestamptz,
      last_used_at timestamptz,
      last_ip text,
      last_ua text,
      usage_count bigint not null default 0,
      token_ver integer not null default 1,
      check (expiry_at <= hard_expiry_at)
    )`.execute(db);
  await sql`create index personal_tokens_account on personal_tokens (account_id, created_at)`.execute(db);
  await sql`
    create table uws_tokens (
      id text primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      secret_hash bytea not null unique,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      last_used_at timestamptz,
      last_ip text,
      last_ua text,
      usage_count bigint not null default 0
    )`.execute(db);
  await sql`create index uws_tokens_account on uws_tokens (account_id, created_at)`.execute(db);
}

async function signing(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table signing_keys (
      kid text primary key,
      algorithm text not null,
      public_jwk jsonb not null,
      private_sealed text not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table revoked_access_tokens (
      jti text primary key,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index revoked_access_tokens_expiry on revoked_access_tokens (expires_at)`.execute(db);
}
