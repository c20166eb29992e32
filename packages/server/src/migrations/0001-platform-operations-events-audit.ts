import { type Kysely, sql } from "kysely";

/** What every domain stands on: the outbox of events, the audit chain, the operations. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await events(db);
  await eventOrder(db);
  await audit(db);
  await auditIsImmutable(db);
  await operations(db);
  await operationParts(db);
}

async function events(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table events (
      id bigint generated always as identity primary key,
      at timestamptz not null default clock_timestamp(),
      type text not null,
      subject_kind text not null,
      subject_id text not null,
      visibility text not null check (visibility in ('accounts', 'everyone', 'internal')),
      audience bigint[] not null default '{}',
      data jsonb not null
    )`.execute(db);
  await sql`create index events_at on events (at)`.execute(db);
  // One row. The epoch is part of every cursor: a restore writes another, and old cursors are gone.
  await sql`
    create table event_log (
      one boolean primary key default true check (one),
      epoch text not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),
      -- Rows up to this id have been thinned away: cursors before it are gone.
      thinned_to bigint not null default 0
    )`.execute(db);
  await sql`insert into event_log default values`.execute(db);
}

/**
 * Ids are given out before transactions commit, so a reader that remembers "the newest id I saw" would skip
 * what commits late. Each writing transaction therefore shows, by a shared advisory lock whose key carries the
 * newest id given out before its own first one, below which id nothing of it can appear. The reader goes only
 * up to the lowest of these (`event_horizon`). Locks end with their transaction, after its rows have become
 * visible, so nothing is skipped; and only writers of events hold the horizon back, not every long
 * transaction of the cluster as pg_snapshot_xmin() would.
 */
async function eventOrder(db: Kysely<unknown>): Promise<void> {
  // 356426 << 44: a prefix of our own in the space of advisory locks.
  await sql`
    create function announce_events() returns trigger language plpgsql as $$
    declare
      newest bigint;
    begin
      if current_setting('stoa.announced', true) is distinct from pg_current_xact_id()::text then
        select case when is_called then last_value else 0 end into newest from events_id_seq;
        perform pg_advisory_xact_lock_shared((356426::bigint << 44) | newest);
        perform set_config('stoa.announced', pg_current_xact_id()::text, true);
      end if;
      perform pg_notify('stoa_events', '');
      return null;
    end $$`.execute(db);
  // A statement's trigger fires before the first row takes its id from the sequence: the lock comes first.
  await sql`
    create trigger events_announced before insert on events
    for each statement execute function announce_events()`.execute(db);
  // The order of the two reads matters: an id given out after the first is above "newest" anyway.
  await sql`
    create function event_horizon(out newest bigint, out horizon bigint) language plpgsql volatile as $$
    declare
      held bigint;
    begin
      select case when is_called then last_value else 0 end into newest from events_id_seq;
      select min(((l.classid::bigint << 32) | l.objid::bigint) & ((1::bigint << 44) - 1)) into held
        from pg_locks l
        where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
          and l.database = (select oid from pg_database where datname = current_database())
          and ((l.classid::bigint << 32) | l.objid::bigint) >> 44 = 356426;
      horizon := least(newest, coalesce(held, newest));
    end $$`.execute(db);
}

async function audit(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_entries (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      action text not null,
      actor_id bigint,
      actor_label text not null,
      credential_kind text,
      credential_id text,
      subject_kind text not null,
      subject_id text not null,
      subject_label text,
      about bigint[] not null default '{}',
      outcome text not null check (outcome in ('done', 'refused', 'failed')),
      request_id text,
      address text,
      -- JSON as it was hashed, to the byte: text, not jsonb.
      details text not null
    )`.execute(db);
  await sql`create index audit_entries_at on audit_entries (at, id)`.execute(db);
  await sql`create index audit_entries_actor on audit_entries (actor_id, at, id)`.execute(db);
  await sql`create index audit_entries_subject on audit_entries (subject_kind, subject_id, at, id)`.execute(db);
  await sql`create index audit_entries_action on audit_entries (action, at, id)`.execute(db);
  await sql`create index audit_entries_about on audit_entries using gin (about)`.execute(db);
  // What the sealer has yet to chain; it takes whatever has committed, so commits out of order don't matter.
  await sql`create table audit_unsealed (entry_id bigint primary key)`.execute(db);
  await sql`
    create table audit_seals (
      seq bigint primary key,
      entry_id bigint not null unique,
      hash bytea not null
    )`.execute(db);
  // One row: where the chain begins (after what retention took away) and where it ends.
  await sql`
    create table audit_chain (
      one boolean primary key default true check (one),
      base_seq bigint not null default 0,
      base_hash bytea not null default sha256('stoa audit'),
      head_seq bigint not null default 0,
      head_hash bytea not null default sha256('stoa audit')
    )`.execute(db);
  await sql`insert into audit_chain default values`.execute(db);
  // The heads that also went to the log.
  await sql`
    create table audit_heads (
      seq bigint primary key,
      hash bytea not null,
      at timestamptz not null default now()
    )`.execute(db);
}

async function auditIsImmutable(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and current_setting('stoa.audit_retention', true) = 'on' then
        return old;
      end if;
      raise exception 'audit entries are never changed (% on %)', lower(tg_op), tg_table_name
        using errcode = 'insufficient_privilege';
    end $$`.execute(db);
  for (const table of ["audit_entries", "audit_seals", "audit_heads"]) {
    await sql`
      create trigger ${sql.ref(`${table}_immutable`)} before update or delete on ${sql.table(table)}
      for each row execute function refuse_audit_change()`.execute(db);
    await sql`
      create trigger ${sql.ref(`${table}_not_truncated`)} before truncate on ${sql.table(table)}
      for each statement execute function refuse_audit_change()`.execute(db);
  }
}

async function operations(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table operations (
      id uuid primary key,
      seq bigint generated always as identity unique,
      kind text not null,
      subject_kind text not null,
      subject_id text not null,
      actor_id bigint,
      actor_label text not null,
      audience bigint[] not null default '{}',
      state text not null default 'queued'
        check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
      progress smallint check (progress between 0 and 100),
      message text,
      input jsonb not null,
      result jsonb,
      error jsonb,
      attempt integer not null default 0,
      max_attempts integer not null,
      cancel_requested boolean not null default false,
      -- The work is over, and settle() has yet to put the world in order.
      settling text check (settling in ('failed', 'cancelled')),
      settle_attempts integer not null default 0,
      cancellable boolean not null,
      exclusive boolean not null,
      -- The queue its job is sent to: the kind's, or the kind's on one node.
      queue text not null,
      job_id uuid,
      schedule text,
      not_before timestamptz not null default now(),
      -- One more at each claim and each release: who holds an older one writes nothing.
      fence bigint not null default 0,
      worker text,
      heartbeat_at timestamptz,
      lease_seconds integer,
      expires_at timestamptz,
      created_at timestamptz not null default now(),
      claimed_at timestamptz,
      started_at timestamptz,
      finished_at timestamptz
    ) with (fillfactor = 80)`.execute(db);
  await sql`create index operations_queued on operations (queue, not_before) where state = 'queued'`.execute(db);
  await sql`create index operations_running on operations (kind) where state = 'running'`.execute(db);
  await sql`create index operations_subject on operations (subject_kind, subject_id, seq)`.execute(db);
  await sql`create index operations_kind on operations (kind, seq)`.execute(db);
  await sql`create index operations_schedule on operations (schedule) where state = 'queued'`.execute(db);
  await sql`
    create unique index operations_one_at_a_time on operations (subject_kind, subject_id)
    where exclusive and state = 'running'`.execute(db);
  await sql`
    create index operations_waiting_turn on operations (subject_kind, subject_id, seq)
    where exclusive and state = 'queued'`.execute(db);
}

async function operationParts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table operation_history (
      id bigint generated always as identity primary key,
      operation_id uuid not null references operations (id) on delete cascade,
      at timestamptz not null default clock_timestamp(),
      -- Null for a line of the kind's own.
      code text,
      params jsonb,
      text text not null
    )`.execute(db);
  await sql`create index operation_history_operation on operation_history (operation_id, id)`.execute(db);
  await sql`
    create table operation_viewers (
      account_id bigint not null,
      seq bigint not null references operations (seq) on delete cascade,
      primary key (account_id, seq)
    )`.execute(db);
  await sql`create index operation_viewers_seq on operation_viewers (seq)`.execute(db);
  await sql`
    create table operation_keys (
      actor text not null,
      kind text not null,
      key text not null,
      input_hash bytea not null,
      operation_id uuid not null,
      created_at timestamptz not null default now(),
      primary key (actor, kind, key)
    )`.execute(db);
  await sql`create index operation_keys_created on operation_keys (created_at)`.execute(db);
  await sql`
    create table operation_schedules (
      name text primary key,
      cron text not null,
      kind text not null,
      next_at timestamptz not null,
      last_at timestamptz,
      last_operation_id uuid,
      last_skipped_at timestamptz
    )`.execute(db);
}
