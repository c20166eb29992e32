import type { StorageDb, StorageTrx } from "../tables.ts";

/**
 * The rows that a statement changes, by whatever narrows them, locked in the order of their numbers: for its
 * `where id in`. A statement that changes several locks each when it comes upon it, and two that come upon them in
 * different orders wait for each other until PostgreSQL ends one, whoever asked for it. Every statement of ours on more
 * than one row of `storage_subjects` goes by this; what a deleted group or account takes its links from, by a trigger.
 * @param toDelete the rows go: then also those wait that refer to them
 */
export function inOrder(db: StorageDb | StorageTrx, { toDelete = false } = {}) {
  const rows = db.selectFrom("storage_subjects as s").select("s.id").orderBy("s.id");
  return toDelete ? rows.forUpdate("s") : rows.forNoKeyUpdate("s");
}
