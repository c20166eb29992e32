import { sql } from "kysely";
import type { StorageContext } from "../context.ts";
import { subjectOfEntry } from "./queries.ts";

/**
 * After a database was restored, numbers would be given again that lie in the trash, and that files there carry: both
 * sequences go on behind the largest of them. A project's number is drawn together with each subject's.
 */
export async function skipUsedNumbers({
  db,
  driver,
  platform,
}: Pick<StorageContext, "db" | "driver" | "platform">): Promise<void> {
  const ids = (await driver.discarded()).flatMap((entry) => subjectOfEntry(entry) ?? []);
  const largest = Math.max(0, ...ids);
  if (largest === 0) return;
  const { rows } = await sql<{ last: number }>`
    select last_value as last from storage_subjects_id_seq`.execute(db);
  const behind = largest - (rows[0]?.last ?? 0);
  if (behind <= 0) return;
  await sql`select setval('storage_subjects_id_seq', ${largest}),
    setval('storage_projects', (select last_value from storage_projects) + ${behind})`.execute(db);
  platform.log.warn({ largest }, "the trash holds storage that this database has never made: its numbers are left out");
}
