import { type Kysely, sql, type Transaction } from "kysely";
import type { ImportTables } from "./tables.ts";

/** How a log of another service is read: words by words of the importer's own. */
export type LogReading = Readonly<Record<string, string>>;

/** How the log of that source was read; null: nothing of it came. */
export async function findImportedLog(db: Kysely<ImportTables>, source: string): Promise<LogReading | null> {
  const row = await db
    .selectFrom("imported_things")
    .select("details")
    .where("source", "=", source)
    .where("kind", "=", "log")
    .executeTakeFirst();
  return row === undefined ? null : (row.details as LogReading);
}

/** In the transaction that brings rows of it. The first reading stays. */
export async function noteImportedLog(
  trx: Transaction<ImportTables>,
  source: string,
  reading: LogReading,
): Promise<void> {
  await sql`insert into imported_things (source, kind, old_id, new_id, details)
    values (${source}, 'log', 0, 0, ${JSON.stringify(reading)}) on conflict do nothing`.execute(trx);
}
