import { type Kysely, sql } from "kysely";

/** How a log of another service was read when it came: read otherwise, it would come a second time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Of a log both numbers are 0: a source has one.
  await sql`
    alter table imported_things
      drop constraint imported_things_kind_check,
      add constraint imported_things_kind_check check
        (kind in ('person', 'workspace', 'share', 'job', 'token', 'identity', 'lost-workspace', 'log'))`.execute(db);
}
