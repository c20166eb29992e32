import { type Kysely, sql } from "kysely";

/** What an operator is shown: failed operations until somebody has looked at them, and the figures of each day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table operations
      -- When an operator said of a failure that it was seen to; a new try begins unseen.
      add column looked_at timestamptz,
      add column looked_by text`.execute(db);
  await sql`
    create index operations_unseen on operations (kind, seq)
    where state = 'failed' and looked_at is null`.execute(db);
  await sql`create index operations_created on operations (created_at)`.execute(db);
  await sql`create index operations_actor on operations (actor_id, seq)`.execute(db);
  await sql`create index jobs_created on jobs (created_at)`.execute(db);
  await sql`create index jobs_ended on jobs (ended_at) where ended_at is not null`.execute(db);
  await sql`create index mails_waiting on mails (state, id) where state in ('kept', 'failed')`.execute(db);
  // A day (UTC) that is over, summed up once: the curves read these and today, not the whole history.
  await sql`
    create table overview_days (
      day date primary key,
      people_active integer not null,
      sessions_started integer not null,
      -- That ran at some time of the day.
      sessions_running integer not null,
      sessions_complete integer not null,
      sessions_failed integer not null,
      -- From the request to readiness, of those that became ready; null: none did.
      ready_median_ms bigint,
      core_hours numeric(24, 5) not null,
      -- Bytes of all workspaces when the day was summed up; null: nobody looked.
      room_bytes bigint
    )`.execute(db);
}
