import { type Kysely, sql } from "kysely";

/** Administrators who act as somebody for a while, when people were last seen, and changes of many people at once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await acting(db);
  await seen(db);
  await search(db);
  await bulk(db);
}

async function acting(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table impersonations (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id),
      admin_id bigint not null references accounts (id),
      -- As it was then: who it was stays to be seen.
      admin_label text not null,
      reason text not null,
      -- The web session that acts; it goes, this stays.
      session_id text not null unique,
      begun_at timestamptz not null default now(),
      ends_at timestamptz not null,
      ended_at timestamptz,
      check (ends_at > begun_at)
    )`.execute(db);
  await sql`create index impersonations_account on impersonations (account_id, id desc)`.execute(db);
  await sql`create index impersonations_admin on impersonations (admin_id, id desc)`.execute(db);
  await sql`
    alter table web_sessions
      add column impersonation_id bigint references impersonations (id),
      -- The administrator's own sign-in, by which this one stands and with which it falls.
      add column acting_session_id text references web_sessions (id) on delete cascade,
      add constraint web_sessions_acting_check check ((impersonation_id is null) = (acting_session_id is null))`.execute(
    db,
  );
  await sql`create index web_sessions_acting on web_sessions (acting_session_id) where acting_session_id is not null`.execute(
    db,
  );
  // Whatever ends the web session (stop, sign-out, deactivation, the tidying of those that are over) ends the acting.
  await sql`
    create function end_impersonation() returns trigger language plpgsql as $$
    begin
      update impersonations set ended_at = least(now(), ends_at) where id = old.impersonation_id and ended_at is null;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger web_sessions_end_impersonation after delete on web_sessions
      for each row when (old.impersonation_id is not null) execute function end_impersonation()`.execute(db);
}

async function seen(db: Kysely<unknown>): Promise<void> {
  await sql`alter table accounts add column last_seen_at timestamptz`.execute(db);
  await sql`
    update accounts a set last_seen_at = s.at from (
      select account_id, max(at) as at from (
        select account_id, last_used_at as at from web_sessions
        union all select account_id, last_used_at from personal_tokens
        union all select account_id, last_used_at from uws_tokens
      ) used group by account_id
    ) s where s.account_id = a.id`.execute(db);
  await sql`
    create index accounts_seen on accounts (coalesce(greatest(last_login_at, last_seen_at), '-infinity'), id)
      where kind = 'person'`.execute(db);
  await sql`create index accounts_created on accounts (created_at, id) where kind = 'person'`.execute(db);
  await sql`create index accounts_name on accounts (lower(full_name), id) where kind = 'person'`.execute(db);
}

/** Parts of names are found by trigrams; where the database doesn't bring them, or doesn't let us, by reading all. */
async function search(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $$
    begin
      create extension if not exists pg_trgm;
      execute 'create index accounts_search on accounts using gin
        ((username || '' '' || full_name || '' '' || email) gin_trgm_ops) where kind = ''person''';
    exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
      raise notice 'people are searched without an index: pg_trgm is not available';
    end $$`.execute(db);
}

async function bulk(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table people_changes (
      operation_id uuid not null references operations (id) on delete cascade,
      account_id bigint not null references accounts (id),
      -- Null: not come to yet.
      outcome text check (outcome in ('changed', 'unchanged', 'refused')),
      reason text,
      -- What undoing puts back.
      before jsonb,
      -- The change that took it back, or tries to: nobody's is taken back twice. Outlives that operation.
      undone_by uuid,
      primary key (operation_id, account_id)
    )`.execute(db);
  await sql`create index people_changes_account on people_changes (account_id)`.execute(db);
}
