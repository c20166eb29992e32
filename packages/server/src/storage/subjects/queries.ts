import type { StorageDb, StorageTrx, SubjectKind, SubjectRow } from "../tables.ts";

type Reader = StorageDb | StorageTrx;

/** The one of this name that is not deleted; null: there is none. */
export async function findByName(db: Reader, kind: SubjectKind, name: string): Promise<SubjectRow | null> {
  const row = await db
    .selectFrom("storage_subjects")
    .selectAll()
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** Deleted ones too. */
export async function findById(db: Reader, id: number): Promise<SubjectRow | null> {
  return (await db.selectFrom("storage_subjects").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Held until the transaction ends; what merely refers to it is not held up. */
export async function lockById(trx: StorageTrx, id: number): Promise<SubjectRow | null> {
  const row = await trx
    .selectFrom("storage_subjects")
    .selectAll()
    .where("id", "=", id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Of several, those that are there; null: all. Deleted ones left out. */
export function presentRows(db: Reader, ids: readonly number[] | null): Promise<SubjectRow[]> {
  let query = db.selectFrom("storage_subjects").selectAll().where("deleted_at", "is", null);
  if (ids !== null) query = query.where("id", "in", ids.length === 0 ? [-1] : [...ids]);
  return query.execute();
}

/** Whether a directory was ever made or taken over that is not deleted. */
export async function hasSettled(db: Reader): Promise<boolean> {
  const row = await db
    .selectFrom("storage_subjects")
    .select("id")
    .where("deleted_at", "is", null)
    .where("settled", ">", 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What is enforced now: the quota, with a raise while it lasts. 0: none. */
export function effectiveQuota(row: Pick<SubjectRow, "quota" | "raise" | "raise_until">): number {
  if (row.quota === 0 || row.raise_until === null || row.raise_until.getTime() <= Date.now()) return row.quota;
  return row.quota + row.raise;
}

/** Under which a subject lies in the trash: by its number, which is never given twice. */
export function trashEntryOf({ id }: Pick<SubjectRow, "id">): string {
  return `subject-${id}`;
}

/** The number in an entry's name; null for what isn't of our making. */
export function subjectOfEntry(entry: string): number | null {
  const number = /^subject-([1-9]\d{0,14})$/.exec(entry)?.[1];
  return number === undefined ? null : Number(number);
}
