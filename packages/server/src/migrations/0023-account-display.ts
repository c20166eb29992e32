import { type Kysely, sql } from "kysely";

/** How the portal looks to each person, in every browser of theirs; without a row: as it comes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table account_display (
      account_id bigint primary key references accounts (id) on delete cascade,
      -- "auto" is what the language, or the browser, has.
      calendar text not null default 'auto' check (calendar in ('auto', 'gregory', 'persian')),
      digits text not null default 'auto' check (digits in ('auto', 'latin', 'persian')),
      color_scheme text not null default 'auto' check (color_scheme in ('auto', 'light', 'dark')),
      -- The first visit's tour was seen or skipped: it never comes by itself again.
      tour_done boolean not null default false
    )`.execute(db);
}
