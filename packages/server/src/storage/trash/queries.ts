import type { StorageDb, StorageTrx, SubjectKind, SubjectRow } from "../tables.ts";

/** What was deleted and is not gone, newest first. @param before an id: older ones than that */
export function listDeleted(db: StorageDb, limit: number, before: number | null): Promise<SubjectRow[]> {
  return db
    .selectFrom("storage_subjects")
    .selectAll()
    .where("deleted_at", "is not", null)
    .where("id", "<", before ?? Number.MAX_SAFE_INTEGER)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** The newest of this name that could be brought back. */
export async function findDeleted(
  db: StorageDb | StorageTrx,
  kind: SubjectKind,
  name: string,
): Promise<SubjectRow | null> {
  const row = await db
    .selectFrom("storage_subjects")
    .selectAll()
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("deleted_at", "is not", null)
    .where("purge_at", "is", null)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
