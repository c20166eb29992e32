import { type Kysely, sql } from "kysely";

/**
 * Files and folders on their way into a workspace. The bytes are in the staging folder under `upload-<id>`; the row is
 * there before them and goes after them, so that a killed server leaves nothing that nobody knows of.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table uploads (
      id uuid primary key,
      owner_id bigint not null references accounts (id),
      workspace_id bigint not null references workspaces (id),
      -- A file that comes in any number of requests, or a folder that came in one or out of an archive.
      kind text not null check (kind in ('file', 'tree')),
      -- Where it goes, below the workspace; of a tree the folder that it is merged into.
      path text not null,
      on_conflict text not null check (on_conflict in ('refuse', 'replace', 'keep_both')),
      -- Bytes; known beforehand of files only.
      length bigint check (length >= 0),
      received bigint not null default 0 check (received >= 0),
      -- What the client said about it, as it said it.
      metadata text not null default '',
      sha256 bytea check (octet_length(sha256) = 32),
      -- placing: committed before the first name is given, so that whatever kills us, the rest follows.
      state text not null default 'receiving' check (state in ('receiving', 'placing', 'done', 'failed')),
      -- Why it failed, for its owner.
      problem text,
      placed_path text,
      operation_id uuid,
      -- Who is named in the audit log when it gets its place, perhaps long after their request.
      caller jsonb not null,
      -- The one request that may write now.
      writer uuid,
      writer_until timestamptz,
      node_id text not null,
      created_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      expires_at timestamptz not null,
      check ((kind = 'file') = (length is not null)),
      check ((writer is null) = (writer_until is null))
    )`.execute(db);
  await sql`create index uploads_owner on uploads (owner_id, created_at, id)`.execute(db);
  await sql`create index uploads_workspace on uploads (workspace_id)`.execute(db);
  await sql`create index uploads_expiry on uploads (expires_at)`.execute(db);
  await sql`create index uploads_node on uploads (node_id) where state in ('receiving', 'placing')`.execute(db);
  await sql`
    create unique index uploads_operation on uploads (operation_id) where operation_id is not null`.execute(db);
}
