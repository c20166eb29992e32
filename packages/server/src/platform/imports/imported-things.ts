import type { Kysely, Transaction } from "kysely";
import type { ImportedKind, ImportTables } from "./tables.ts";

export interface ImportedThing {
  readonly newId: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What has been taken over from a source, by its number there. Things that have gone from here since count too. */
export async function findImported(
  db: Kysely<ImportTables>,
  source: string,
  kind: ImportedKind,
): Promise<Map<number, ImportedThing>> {
  const rows = await db
    .selectFrom("imported_things")
    .select(["old_id", "new_id", "details"])
    .where("source", "=", source)
    .where("kind", "=", kind)
    .execute();
  return new Map(rows.map((row) => [row.old_id, { newId: row.new_id, details: row.details }]));
}

export interface NewlyImported {
  readonly source: string;
  readonly kind: ImportedKind;
  readonly oldId: number;
  readonly newId: number;
  /** No secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** In the transaction that makes the things here: from its commit on they do not come again. */
export async function noteImported(trx: Transaction<ImportTables>, things: readonly NewlyImported[]): Promise<void> {
  if (things.length === 0) return;
  const rows = things.map(({ source, kind, oldId, newId, details = {} }) => ({
    source,
    kind,
    old_id: oldId,
    new_id: newId,
    details: JSON.stringify(details),
  }));
  await trx.insertInto("imported_things").values(rows).execute();
}
