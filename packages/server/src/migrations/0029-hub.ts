import { type Kysely, sql } from "kysely";

/** JupyterHub: whose its users are, their servers as last seen, launches, tokens. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table hub_users (
      account_id bigint primary key references accounts (id) on delete cascade,
      -- The hub's; given once, it follows no renaming here.
      name text not null unique,
      -- wanted: to be made · ours: made by us, or linked by an administrator · taken: somebody had the name already
      -- · missing: it was there, and the hub has it no longer
      state text not null check (state in ('wanted', 'ours', 'taken', 'missing')),
      linked_by text,
      -- The hub had no such user then, by its own clock: what was made since was made by us.
      absent_at timestamptz,
      made_at timestamptz,
      -- The hub's user as it was when it became theirs: another one under that name is somebody else. Null: not seen yet.
      hub_created_at timestamptz,
      -- Linked by somebody who knew that it is an administrator of the hub.
      hub_admin boolean not null default false,
      problem text,
      attempts integer not null default 0,
      retry_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index hub_users_due on hub_users (retry_at nulls first) where state = 'wanted'`.execute(db);
  // All users of the hub as last listed: for linking, and to show drift.
  await sql`
    create table hub_seen_users (
      name text primary key,
      is_admin boolean not null,
      last_activity timestamptz,
      created_at timestamptz,
      seen_at timestamptz not null
    )`.execute(db);
  await sql`
    create table hub_servers (
      user_name text not null,
      -- Empty: the default one.
      server text not null,
      state text not null check (state in ('starting', 'ready', 'stopping', 'stopped')),
      url text,
      started_at timestamptz,
      last_activity timestamptz,
      changed_at timestamptz not null default now(),
      -- Somebody wants it ended: asked again until it is.
      stop_wanted text check (stop_wanted in ('person', 'admin', 'idle', 'cancelled', 'account')),
      -- Which start of it that meant; null: the next one that is seen.
      stop_meant timestamptz,
      -- The hub is being asked to end it until then: no wish is taken back meanwhile.
      stop_claimed_until timestamptz,
      stop_tries integer not null default 0,
      stop_try_at timestamptz,
      -- Not stopped for idleness before.
      keep_until timestamptz,
      -- Its owner was told that it will be stopped, and when.
      warned_at timestamptz,
      idle_stop_at timestamptz,
      -- By the hub's clock: activity on the network that was not our own asking, what kernels and terminals told of,
      -- when we asked them, when they answered last, and since when they give no answer.
      network_at timestamptz,
      used_at timestamptz,
      asked_at timestamptz[] not null default '{}',
      answered_at timestamptz,
      silent_since timestamptz,
      -- What came of the last question, where that was no answer.
      ask_problem text check (ask_problem in ('silent', 'forbidden', 'elsewhere')),
      -- Why it isn't running any more; gone: the hub or the server ended it.
      stopped_because text check (stopped_because in ('person', 'admin', 'idle', 'cancelled', 'account', 'gone')),
      stopped_at timestamptz,
      primary key (user_name, server)
    )`.execute(db);
  await sql`create index hub_servers_live on hub_servers (user_name) where state <> 'stopped'`.execute(db);
  // The last launch of each server: what it waits for, or why it failed.
  await sql`
    create table hub_launches (
      account_id bigint not null references accounts (id) on delete cascade,
      server text not null,
      operation_id uuid not null,
      -- The last operation that was about to ask the hub for a start: what starts may be its doing.
      asking_operation uuid,
      state text not null check (state in ('queued', 'asked', 'ready', 'failed', 'cancelled')),
      -- One of the causes of hub/launch/causes.ts, and what the hub said.
      cause text,
      said text,
      begun_at timestamptz not null default now(),
      asked_at timestamptz,
      ended_at timestamptz,
      primary key (account_id, server)
    )`.execute(db);
  await sql`
    create table hub_tokens (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      user_name text not null,
      server text not null,
      -- The hub's id of it; null until the hub has answered.
      hub_id text,
      note text not null unique,
      address text,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      -- To be ended at the hub, and when it was.
      revoke_wanted_at timestamptz,
      revoked_at timestamptz
    )`.execute(db);
  await sql`create index hub_tokens_of on hub_tokens (account_id, id desc)`.execute(db);
  await sql`
    create index hub_tokens_to_revoke on hub_tokens (id) where revoke_wanted_at is not null and revoked_at is null`.execute(
    db,
  );
  // What only one server of the cluster does at a time, of any domain.
  await sql`
    create table leases (name text primary key, holder text not null, until timestamptz not null)`.execute(db);
  await sql`
    create table hub_calls (
      minute timestamptz not null,
      call text not null,
      outcome text not null,
      calls integer not null,
      retries integer not null,
      milliseconds bigint not null,
      slowest integer not null,
      primary key (minute, call, outcome)
    )`.execute(db);
  await sql`
    create table hub_failures (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      call text not null,
      cause text not null,
      said text not null,
      account_id bigint
    )`.execute(db);
}
