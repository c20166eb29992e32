import { type Kysely, sql } from "kysely";

/** What keeps one workspace from costing everybody: scans that fail are put off, and lists know their size. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table workspaces
      -- Scans begun since the last that ended well; counted before one begins, so that one that kills us counts.
      add column scan_failures integer not null default 0,
      -- Bytes of both lists of names, so that an answer's size is known before it is read.
      add column details_bytes integer not null
        generated always as (octet_length(request_details::text) + octet_length(current_details::text)) stored`.execute(
    db,
  );
}
