import type { StorageDb } from "../tables.ts";

/** A subject's points of the last days, oldest first. */
export function historyOf(db: StorageDb, subjectId: number, days: number) {
  return db
    .selectFrom("storage_history")
    .select(["at", "used", "quota"])
    .where("subject_id", "=", subjectId)
    .where("at", ">=", new Date(Date.now() - days * 86_400_000))
    .orderBy("at")
    .execute();
}
