import { type Kysely, sql } from "kysely";

/** Proven addresses, the second factor, failed sign-ins, notices, exports and deletion of accounts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await addresses(db);
  await secondFactor(db);
  await signIns(db);
  await tokenNotices(db);
  await exportsAndDeletion(db);
}

async function addresses(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table accounts
      add column email_verified_at timestamptz,
      -- Wanted, but not proven yet: the old one counts until then.
      add column new_email text,
      add column directory_visible boolean not null default true`.execute(db);
  await sql`alter table account_links drop constraint account_links_purpose_check`.execute(db);
  await sql`
    alter table account_links
      add constraint account_links_purpose_check check (purpose in ('reset', 'confirm', 'verify')),
      -- The address that the link proves.
      add column email text`.execute(db);
}

async function secondFactor(db: Kysely<unknown>): Promise<void> {
  // Beside the rest of the account, so that recognising somebody costs no second look.
  await sql`alter table accounts add column second_factor_at timestamptz`.execute(db);
  await sql`
    create table second_factors (
      account_id bigint primary key references accounts (id) on delete cascade,
      secret_sealed text not null,
      created_at timestamptz not null default now(),
      -- Null: shown, but no code of it has been seen yet.
      confirmed_at timestamptz,
      -- The last 30-second step whose code was taken; it and earlier ones are over.
      last_step bigint not null default 0
    )`.execute(db);
  await sql`
    create table recovery_codes (
      account_id bigint not null references accounts (id) on delete cascade,
      code_hash bytea not null,
      used_at timestamptz,
      primary key (account_id, code_hash)
    )`.execute(db);
  await sql`
    create table pending_sign_ins (
      secret_hash bytea primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      token_epoch integer not null,
      attempts integer not null default 0,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index pending_sign_ins_expiry on pending_sign_ins (expires_at)`.execute(db);
  await sql`create index pending_sign_ins_account on pending_sign_ins (account_id)`.execute(db);
}

async function signIns(db: Kysely<unknown>): Promise<void> {
  // The sign-in before this one: what failed since then is worth showing.
  await sql`alter table web_sessions add column signed_in_before timestamptz`.execute(db);
  await sql`
    create table failed_sign_ins (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      at timestamptz not null,
      address text not null,
      step text not null check (step in ('password', 'code')),
      -- Of the same second, from the same address.
      count integer not null
    )`.execute(db);
  await sql`create index failed_sign_ins_account on failed_sign_ins (account_id, at desc)`.execute(db);
}

async function tokenNotices(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table personal_tokens
      -- When its expiry was last chosen: a token made for two days gets no notice of seven.
      add column expiry_set_at timestamptz not null default now(),
      -- Days of the last notice about this expiry.
      add column noticed_days smallint`.execute(db);
  await sql`create index personal_tokens_expiring on personal_tokens (expiry_at) where revoked_at is null`.execute(db);
}

async function exportsAndDeletion(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table account_exports (
      id bigint generated always as identity primary key,
      account_id bigint not null references accounts (id) on delete cascade,
      created_at timestamptz not null default now(),
      -- Null until it is whole.
      ready_at timestamptz,
      expires_at timestamptz,
      size bigint
    )`.execute(db);
  await sql`create index account_exports_account on account_exports (account_id, id)`.execute(db);
  // In the database, not on a disk: any of several servers hands it out, and it goes with the account.
  await sql`
    create table account_export_parts (
      export_id bigint not null references account_exports (id) on delete cascade,
      n integer not null,
      bytes bytea not null,
      primary key (export_id, n)
    )`.execute(db);
  await sql`
    alter table accounts
      -- Set from the request on; the operation clears it at its end.
      add column deletion_due_at timestamptz,
      add column deletion_by_admin boolean not null default false,
      add column deletion_operation_id uuid,
      -- From then on it can't be cancelled.
      add column deletion_begun_at timestamptz,
      -- What is left is a tombstone: its user name is never given to anybody else.
      add column deleted_at timestamptz`.execute(db);
}
