import { type Kysely, sql } from "kysely";

/** Sharing: a copy of a workspace for each receiver, theirs once they accept it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table workspaces
      -- A share that its receiver has not accepted: in no list, and nothing can be done to it.
      add column share_pending boolean not null default false`.execute(db);
  await offers(db);
  await shares(db);
}

async function offers(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table share_offers (
      id bigint generated always as identity primary key,
      original_workspace_id bigint not null references workspaces (id),
      sender_id bigint not null references accounts (id),
      -- As it was then: afterwards neither side sees what the other does with theirs.
      name text not null,
      description text not null,
      request_details jsonb not null,
      current_details jsonb not null,
      details_bytes integer not null
        generated always as (octet_length(request_details::text) + octet_length(current_details::text)) stored,
      disk_space bigint not null,
      last_job_type text,
      last_resource_options jsonb not null default '{}',
      created_at timestamptz not null default now()
    )`.execute(db);
}

async function shares(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table workspace_shares (
      -- The shared workspace's own id: what contract 3 calls a share by.
      id bigint primary key references workspaces (id),
      offer_id bigint not null references share_offers (id),
      original_workspace_id bigint not null references workspaces (id),
      sender_id bigint not null references accounts (id),
      receiver_id bigint not null references accounts (id),
      -- The group that it came to the receiver by; null: by name.
      group_id bigint,
      copy_state text not null default 'copying' check (copy_state in ('copying', 'ready', 'failed')),
      -- Null: not answered yet.
      answer text check (answer in ('accepted', 'declined', 'cancelled')),
      answer_reason text,
      failure text,
      operation_id uuid,
      -- Null until the copy is whole.
      copied_files bigint,
      copied_bytes bigint,
      -- What could not be copied, by kind.
      left_out jsonb not null default '{}',
      created_at timestamptz not null default now(),
      ready_at timestamptz,
      answered_at timestamptz,
      check (sender_id <> receiver_id),
      check ((answer is null) = (answered_at is null)),
      check ((copy_state = 'failed') = (failure is not null))
    )`.execute(db);
  await sql`create index workspace_shares_sender on workspace_shares (sender_id, id)`.execute(db);
  await sql`create index workspace_shares_receiver on workspace_shares (receiver_id, id)`.execute(db);
  await sql`create index workspace_shares_original on workspace_shares (original_workspace_id, id)`.execute(db);
}
