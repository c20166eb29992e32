import { type Kysely, sql } from "kysely";

/** What people's kernels report of what they run: each execution, by months; and its figures by person and day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await figures(db);
  await executions(db);
  await search(db);
}

async function figures(db: Kysely<unknown>): Promise<void> {
  // One row a person: whoever changes anything of theirs locks it first.
  await sql`
    create table activity_totals (
      account_id bigint primary key references accounts (id),
      executions bigint not null default 0,
      errors bigint not null default 0,
      milliseconds bigint not null default 0,
      last_at timestamptz,
      -- What was taken of this person on that day (UTC), whenever it ran, and whatever became of it since.
      taken_day date,
      taken_entries bigint not null default 0,
      taken_bytes bigint not null default 0
    )`.execute(db);
  // Days in UTC.
  await sql`
    create table activity_days (
      account_id bigint not null references accounts (id),
      day date not null,
      executions bigint not null,
      errors bigint not null,
      milliseconds bigint not null,
      last_at timestamptz not null,
      primary key (account_id, day)
    )`.execute(db);
  await sql`create index activity_days_day on activity_days (day)`.execute(db);
}

/** Without a reference to accounts: a look for each of 1,500 rows a second, and the totals' row has one. */
async function executions(db: Kysely<unknown>): Promise<void> {
  await sql`create sequence activity_ids`.execute(db);
  await sql`
    create table activity_executions (
      id bigint not null default nextval('activity_ids'),
      account_id bigint not null,
      at timestamptz not null,
      -- The reporter's own, so that what it sends again counts once.
      entry_id uuid not null,
      milliseconds integer not null,
      cell_number integer,
      -- So many before this one the reporter had to give up.
      dropped_before integer,
      failed boolean not null,
      -- The end of the code or of the message was left out here.
      cut boolean not null,
      code text not null,
      error text,
      -- Code and message as they are searched (activity/search/fold.ts): ASCII, whatever the database's locale.
      folded text collate "C" not null
    ) partition by range (at)`.execute(db);
  await sql`
    create unique index activity_executions_entry on activity_executions (account_id, entry_id, at)`.execute(db);
  await sql`create index activity_executions_own on activity_executions (account_id, at, id)`.execute(db);
  await sql`create index activity_executions_newest on activity_executions (at, id)`.execute(db);
  await sql`
    create index activity_executions_own_failed on activity_executions (account_id, at, id) where failed`.execute(db);
  await sql`create index activity_executions_failed on activity_executions (at, id) where failed`.execute(db);
}

/** Where the database doesn't bring trigrams, or doesn't let us, text is found by reading, newest first. */
async function search(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $$
    begin
      create extension if not exists pg_trgm;
      create extension if not exists btree_gin;
      -- A small pending list: each search reads all of it.
      execute 'create index activity_executions_search on activity_executions
        using gin (account_id, folded gin_trgm_ops) with (gin_pending_list_limit = 1024)';
    exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
      raise notice 'activity is searched without an index: pg_trgm or btree_gin is not available';
    end $$`.execute(db);
}
