import { type Kysely, sql } from "kysely";

/** What was taken over from another service, so that taking over can be repeated, and stopped anywhere. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table imported_things (
      -- The operator's name for the other service.
      source text not null,
      kind text not null check (kind in ('person', 'workspace', 'share', 'job', 'token', 'identity', 'lost-workspace')),
      old_id bigint not null,
      -- Ours; of a token or an identity the account's. Kept when the thing itself is gone: it does not come again.
      new_id bigint not null,
      details jsonb not null default '{}',
      at timestamptz not null default now(),
      primary key (source, kind, old_id)
    )`.execute(db);
  await sql`create index imported_things_new on imported_things (kind, new_id)`.execute(db);
  // Numbers that our sequences have passed for the other service's things: nobody else has had one of them.
  await sql`
    create table import_reservations (
      source text not null,
      kind text not null check (kind in ('person', 'workspace', 'job')),
      low bigint not null,
      high bigint not null,
      primary key (source, kind, low),
      check (low <= high)
    )`.execute(db);
}
