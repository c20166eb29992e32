import { type Kysely, sql } from "kysely";

/** What people run in their workspaces. A job is never deleted: bills and the history speak of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jobs (
      id bigint generated always as identity primary key,
      owner_id bigint not null references accounts (id),
      workspace_id bigint not null references workspaces (id),
      job_type text not null,
      resource text not null,
      -- The server whose host runs it.
      node_id text not null,
      -- Which store of traces it was launched from (a data directory's own mark): two servers of one name may have two.
      place text,
      -- Random; its processes are found by it.
      marker uuid not null,
      -- What should be, and what was last seen to be.
      desired text not null default 'running' check (desired in ('running', 'stopped')),
      status text not null default 'pending' check (status in ('pending', 'running', 'stopping', 'complete', 'failed')),
      -- Set in the step before anything is started: from then on it may be running.
      launched_at timestamptz,
      resource_job_id bigint not null default -1,
      ready boolean not null default false,
      -- Why it ended, or was stopped, told as a person would; null while there is nothing to tell.
      reason text,
      steps jsonb not null default '[]',
      request_details jsonb not null default '{}',
      options jsonb not null default '{}',
      cpus integer not null check (cpus > 0),
      -- Null: no limit.
      time_limit_seconds integer check (time_limit_seconds > 0),
      created_at timestamptz not null default now(),
      started_at timestamptz,
      ready_at timestamptz,
      ended_at timestamptz,
      exit_code integer,
      exit_signal text,
      -- cpus x hours, settled once, at the end.
      core_hours numeric(16, 5) not null default 0 check (core_hours >= 0),
      last_used_at timestamptz,
      idempotency_key text,
      request_hash bytea,
      check ((idempotency_key is null) = (request_hash is null)),
      check ((status in ('complete', 'failed')) = (ended_at is not null))
    )`.execute(db);
  // The place that each node works from now, and when it was last seen to.
  await sql`
    create table session_places (
      node_id text primary key,
      place text not null,
      seen_at timestamptz not null
    )`.execute(db);
  await sql`create index jobs_owner on jobs (owner_id, id)`.execute(db);
  await sql`create index jobs_workspace on jobs (workspace_id, id)`.execute(db);
  await sql`create index jobs_live on jobs (place, id) where ended_at is null`.execute(db);
  await sql`create index jobs_live_of_owner on jobs (owner_id) where ended_at is null`.execute(db);
  await sql`create index jobs_live_of_workspace on jobs (workspace_id) where ended_at is null`.execute(db);
  await sql`
    create unique index jobs_idempotency on jobs (owner_id, idempotency_key)
    where idempotency_key is not null`.execute(db);
}
