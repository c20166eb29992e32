import { type Kysely, sql } from "kysely";

/** Endpoints that are told of events, what they were told, and how far the outbox has been read for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhook_endpoints (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      name text not null,
      url text not null,
      -- Event types, and groups as 'session.*'.
      types text[] not null,
      description text not null default '',
      -- Told of everybody's events: as long as its owner is an administrator.
      everybody boolean not null default false,
      -- False: its owner has paused it.
      active boolean not null default true,
      -- We have given it up, and why; null: we have not.
      disabled_at timestamptz,
      disabled_why text check (disabled_why in ('gone', 'failing')),
      -- The first failure, and deliveries given up, since the last that arrived.
      failing_since timestamptz,
      given_up integer not null default 0,
      delivered_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check ((disabled_at is null) = (disabled_why is null))
    )`.execute(db);
  await sql`create index webhook_endpoints_account on webhook_endpoints (account_id, id)`.execute(db);
  await sql`create index webhook_endpoints_everybody on webhook_endpoints (id) where everybody`.execute(db);
  await sql`
    create table webhook_secrets (
      id bigint generated always as identity primary key,
      endpoint_id bigint not null references webhook_endpoints (id) on delete cascade,
      sealed text not null,
      created_at timestamptz not null default now(),
      -- It was replaced: signs beside the new one until then. Null: the one that is good.
      ends_at timestamptz
    )`.execute(db);
  await sql`create unique index webhook_secrets_current on webhook_secrets (endpoint_id) where ends_at is null`.execute(
    db,
  );
  await sql`create index webhook_secrets_endpoint on webhook_secrets (endpoint_id)`.execute(db);
  await sql`
    create table webhook_deliveries (
      id bigint generated always as identity primary key,
      endpoint_id bigint not null references webhook_endpoints (id) on delete cascade,
      -- What receivers know a repetition by.
      event_id text not null,
      type text not null,
      -- JSON, byte for byte as it is signed and sent.
      body text not null,
      -- Its owner gets it as an administrator only: it concerns others.
      for_admin boolean not null default false,
      -- The delivery that this one repeats because somebody asked for it.
      replay_of bigint,
      state text not null check (state in ('waiting', 'held', 'delivered', 'failed', 'cancelled')),
      attempts integer not null default 0,
      next_at timestamptz not null,
      -- One server is sending it until then; the name is new each time.
      claimed_by text,
      claimed_until timestamptz,
      created_at timestamptz not null default now(),
      finished_at timestamptz
    )`.execute(db);
  await sql`create unique index webhook_deliveries_once on webhook_deliveries (endpoint_id, event_id)
    where replay_of is null`.execute(db);
  await sql`create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_at, id) where state = 'waiting'`.execute(
    db,
  );
  await sql`create index webhook_deliveries_log on webhook_deliveries (endpoint_id, id desc)`.execute(db);
  await sql`create index webhook_deliveries_state on webhook_deliveries (endpoint_id, state, id desc)`.execute(db);
  await sql`create index webhook_deliveries_age on webhook_deliveries (created_at)`.execute(db);
  await sql`create index webhook_deliveries_replays on webhook_deliveries (replay_of) where replay_of is not null`.execute(
    db,
  );
  await sql`
    create table webhook_attempts (
      delivery_id bigint not null references webhook_deliveries (id) on delete cascade,
      number integer not null,
      at timestamptz not null,
      duration_ms integer not null,
      -- Null: no answer.
      status integer,
      -- Why it counts as a failure, by its code; null: it arrived.
      problem text,
      -- What the sentence of the problem is filled with: a status, an address.
      detail text,
      -- The first characters of the answer's body.
      answer text,
      primary key (delivery_id, number)
    )`.execute(db);
  // One row: how far the outbox has been read, and which server reads it.
  await sql`
    create table webhook_reading (
      single boolean primary key default true check (single),
      cursor text,
      holder text,
      held_until timestamptz
    )`.execute(db);
  await sql`insert into webhook_reading (single) values (true)`.execute(db);
}
