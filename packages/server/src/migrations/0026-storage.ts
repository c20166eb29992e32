import { type Kysely, sql } from "kysely";

/** Directories and datasets of people and groups: what should be, what was seen, and how that went over time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Never given twice: files of what was deleted carry it until the last of them is gone.
  await sql`create sequence storage_projects as integer start with 100000 maxvalue 2000000000 no cycle`.execute(db);
  await sql`
    create table storage_subjects (
      id bigint generated always as identity primary key,
      kind text not null check (kind in ('user', 'group')),
      -- NFC; it never changes: the path is made of it.
      name text not null,
      account_id bigint references accounts (id) on delete set null,
      group_id bigint references groups (id) on delete set null,
      project integer not null unique default nextval('storage_projects'),
      -- Whether it was there before us.
      adopted boolean not null default false,
      -- Bytes; 0: none.
      quota bigint not null default 0 check (quota >= 0),
      -- Who set it, in words; null: it was found so.
      quota_by text,
      quota_at timestamptz,
      -- A raise that its person took, in bytes on top, until when; taken stays until the quota is set anew.
      raise bigint not null default 0 check (raise >= 0),
      raise_until timestamptz,
      raise_taken_at timestamptz,
      -- Counted up by each change of what should be; equal when it is so.
      wanted integer not null default 1,
      settled integer not null default 0,
      -- Why it could not be made so, for operators; tried again from then on.
      problem text,
      problem_code text,
      attempts integer not null default 0,
      retry_at timestamptz,
      -- Which server makes it so just now.
      lease_holder text,
      lease_until timestamptz,
      -- As last seen.
      used bigint not null default 0,
      used_kind text not null default 'none' check (used_kind in ('none', 'quota', 'apparent')),
      used_at timestamptz,
      -- When its usage is to be found out anew, where no kernel counts.
      scan_at timestamptz not null default now(),
      scan_every integer not null default 300,
      enforced_quota bigint,
      -- Percent of the quota that its person was last told of: 80, 90 or 100; 0: they have room.
      told_level integer not null default 0,
      -- What an operator should know of it: files that have left the project, an owner changed.
      remark text,
      created_at timestamptz not null default now(),
      deleted_at timestamptz,
      deleted_by text,
      -- It was, or may have been, moved to the trash: what lies there belongs to this row, until it is brought back.
      trashed boolean not null default false,
      -- When it lay in the trash for sure: from then on what bears its name is another's.
      arrived_at timestamptz,
      -- A purge was asked for, or the retention is over: it can't be brought back any more.
      purge_at timestamptz,
      constraint storage_subjects_links check (account_id is null or group_id is null)
      -- Figures are written all the time; with room left, and in no index, they leave the indexes as they are.
    ) with (fillfactor = 60)`.execute(db);
  // What is deleted takes its links away, of many rows as it finds them: locked first, as all that change several are.
  await sql`
    create function storage_lock_linked() returns trigger language plpgsql as $$
    begin
      if tg_table_name = 'accounts' then
        perform from storage_subjects where account_id = old.id order by id for no key update;
      else
        perform from storage_subjects where group_id = old.id order by id for no key update;
      end if;
      return old;
    end $$`.execute(db);
  for (const table of ["accounts", "groups"]) {
    await sql`create trigger storage_lock_linked before delete on ${sql.table(table)}
      for each row execute function storage_lock_linked()`.execute(db);
  }
  await sql`create unique index storage_subjects_name on storage_subjects (kind, name) where deleted_at is null`.execute(
    db,
  );
  await sql`create unique index storage_subjects_account on storage_subjects (account_id)
    where deleted_at is null and account_id is not null`.execute(db);
  await sql`create unique index storage_subjects_group on storage_subjects (group_id)
    where deleted_at is null and group_id is not null`.execute(db);
  await sql`create index storage_subjects_deleted on storage_subjects (deleted_at) where deleted_at is not null`.execute(
    db,
  );
  await sql`create index storage_subjects_unsettled on storage_subjects (retry_at) where settled < wanted`.execute(db);
  await sql`
    create table storage_history (
      subject_id bigint not null references storage_subjects (id) on delete cascade,
      -- The hour's, later the day's first moment.
      at timestamptz not null,
      used bigint not null,
      quota bigint not null,
      primary key (subject_id, at)
    )`.execute(db);
  // Who does what only one does at a time: reconciles, scans, takes snapshots.
  await sql`
    create table storage_leases (
      name text primary key,
      holder text not null,
      until timestamptz not null
    )`.execute(db);
}
