import { type Kysely, sql } from "kysely";

/** How long sessions may run and lie idle, and who may take how many core hours. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table jobs
      -- cpus x time limit, with every extension: counts as used until the job has ended, then core_hours does.
      add column core_hours_reserved numeric(24, 5) not null default 0 check (core_hours_reserved >= 0),
      -- Whether its host takes another time limit while it runs; those of older servers don't.
      add column extendable boolean not null default false`.execute(db);
  await sql`
    create table session_idle (
      job_id bigint primary key references jobs (id) on delete cascade,
      -- Milliseconds without use, counted only while its node could have seen some.
      idle_ms bigint not null default 0 check (idle_ms >= 0),
      counted_at timestamptz not null default now(),
      warned_at timestamptz
    )`.execute(db);
  await sql`
    create table core_hour_quotas (
      id bigint generated always as identity primary key,
      account_id bigint references accounts (id) on delete cascade,
      group_id bigint references groups (id) on delete cascade,
      allowed numeric(24, 5) not null check (allowed >= 0),
      -- Everything ever used, or what was used in the calendar month (UTC).
      period text not null check (period in ('total', 'month')),
      set_by bigint not null references accounts (id),
      -- As they were called then.
      set_by_label text not null,
      set_at timestamptz not null default now(),
      check ((account_id is null) <> (group_id is null))
    )`.execute(db);
  await sql`create unique index core_hour_quotas_account on core_hour_quotas (account_id) where account_id is not null`.execute(
    db,
  );
  await sql`create unique index core_hour_quotas_group on core_hour_quotas (group_id) where group_id is not null`.execute(
    db,
  );
  // The groups that its owner was in when it was asked for: its hours stay theirs, whoever leaves later.
  await sql`
    create table session_groups (
      group_id bigint not null references groups (id) on delete cascade,
      job_id bigint not null references jobs (id) on delete cascade,
      primary key (group_id, job_id)
    )`.execute(db);
  await sql`create index session_groups_job on session_groups (job_id)`.execute(db);
}
