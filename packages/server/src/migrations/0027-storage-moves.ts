import { type Kysely, sql } from "kysely";

/** Workspaces that are moved into their person's storage, and what was set aside when they had been. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table storage_moves (
      account_id bigint primary key references accounts (id) on delete cascade,
      subject_id bigint references storage_subjects (id) on delete set null,
      -- Who does it: as long as it has not ended, nobody writes.
      operation_id uuid not null,
      -- From switching on it is only ever finished. moved: the old folders are kept aside.
      state text not null check (state in ('copying', 'switching', 'moved')),
      files bigint not null default 0,
      bytes bigint not null default 0,
      begun_at timestamptz not null default now(),
      moved_at timestamptz,
      -- The old folders were given up; they go in the background.
      purge_at timestamptz
    )`.execute(db);
  // Servers that work on the files of somebody whose workspaces lie apart: a move waits until they have ended.
  await sql`
    create table storage_writers (
      account_id bigint not null,
      holder text not null,
      until timestamptz not null,
      primary key (account_id, holder)
    )`.execute(db);
}
