import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { StorageTrx, SubjectRow } from "../tables.ts";

export const ERASE_STORED_KIND = "storage.erase";

/**
 * For whoever deletes storage or gives it to somebody else, holding its row: an order to delete files in it looks at
 * the row before each file, and between that and the file's end the storage stays whose it is.
 * @throws StoaError conflict: such an order is under way
 */
export async function requireNotErasing(trx: StorageTrx, { id, name }: Pick<SubjectRow, "id" | "name">): Promise<void> {
  const order = await trx
    .selectFrom("operations")
    .select("id")
    .where("kind", "=", ERASE_STORED_KIND)
    .where("subject_id", "=", String(id))
    .where("state", "=", "running")
    .limit(1)
    .executeTakeFirst();
  if (order === undefined) return;
  const problem = `Files in ${name} are being deleted for good, as its person asked. Try again when that has ended`;
  throw new StoaError("conflict", { details: { problem, reason: "erasing" } });
}
