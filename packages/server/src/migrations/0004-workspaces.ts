import { type Kysely, sql } from "kysely";

/** Workspaces, and what was deleted from them. The files themselves are in the data directory. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await workspaces(db);
  await trash(db);
}

async function workspaces(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table workspaces (
      id bigint generated always as identity primary key,
      owner_id bigint not null references accounts (id),
      name text not null check (char_length(name) between 1 and 64),
      description text not null,
      status text not null default 'idle'
        check (status in ('initializing', 'idle', 'active', 'deleting', 'error')),
      default_job_type text,
      request_details jsonb not null default '{"files": [], "symlinks": []}',
      current_details jsonb not null default '{"files": [], "symlinks": []}',
      -- Bytes, as the last scan found them.
      disk_space bigint not null default 0 check (disk_space >= 0),
      created_at timestamptz not null default now(),
      modified_at timestamptz not null default now(),
      last_job_launch_at timestamptz,
      -- A scan is due while fewer are done than were wanted.
      scan_wanted integer not null default 0,
      scan_done integer not null default 0,
      scan_lease_until timestamptz,
      idempotency_key text,
      request_hash bytea,
      -- In the trash, or gone from it: the row stays, jobs and audit entries name it.
      deleted_at timestamptz,
      check ((idempotency_key is null) = (request_hash is null))
    )`.execute(db);
  await sql`create index workspaces_owner on workspaces (owner_id, id) where deleted_at is null`.execute(db);
  await sql`
    create unique index workspaces_idempotency on workspaces (owner_id, idempotency_key)
    where idempotency_key is not null`.execute(db);
  await sql`
    create index workspaces_scan_due on workspaces (id)
    where scan_done < scan_wanted and deleted_at is null`.execute(db);
}

async function trash(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table trash_entries (
      id bigint generated always as identity primary key,
      owner_id bigint not null references accounts (id),
      workspace_id bigint not null references workspaces (id),
      kind text not null check (kind in ('file', 'folder', 'symlink', 'other', 'workspace')),
      -- Where it was, below the workspace; empty for the workspace itself.
      path text not null,
      -- Of a file alone, bytes.
      size bigint,
      -- The row is written before the thing moves, and settled after: a crash between leaves a trace.
      state text not null check (state in ('moving', 'kept', 'restoring', 'purging')),
      node_id text not null,
      deleted_at timestamptz not null default now(),
      changed_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index trash_entries_owner on trash_entries (owner_id, id) where state = 'kept'`.execute(db);
  await sql`create index trash_entries_age on trash_entries (deleted_at) where state = 'kept'`.execute(db);
  await sql`create index trash_entries_unsettled on trash_entries (id) where state <> 'kept'`.execute(db);
  await sql`
    create unique index trash_entries_workspace on trash_entries (workspace_id) where kind = 'workspace'`.execute(db);
}
