import { type Kysely, sql } from "kysely";

/** With whom a running session is shared, by its owner. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table session_viewers (
      job_id bigint not null references jobs (id) on delete cascade,
      account_id bigint not null references accounts (id) on delete cascade,
      -- Not only looks: uses its program, which runs as the owner.
      may_act boolean not null,
      invited_at timestamptz not null default now(),
      primary key (job_id, account_id)
    )`.execute(db);
  await sql`create index session_viewers_account on session_viewers (account_id, job_id)`.execute(db);
}
