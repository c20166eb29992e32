import type { Config } from "../../config/schema.ts";
import { deadAmong } from "../../platform/database/leases.ts";
import type { StorageDb } from "../tables.ts";
import { inOrder } from "./in-order.ts";

/** Frees the subjects that servers on this machine had in hand which are no more, for others to settle at once. */
export async function freeSubjectsOfDead(db: StorageDb, config: Pick<Config, "nodeId">): Promise<void> {
  const rows = await db
    .selectFrom("storage_subjects")
    .select("lease_holder as holder")
    .distinct()
    .where("lease_holder", "is not", null)
    .execute();
  const holders = rows.flatMap(({ holder }) => holder ?? []);
  const dead = deadAmong(holders, config);
  if (dead.length === 0) return;
  const none = { lease_holder: null, lease_until: null };
  const theirs = inOrder(db).where("s.lease_holder", "in", dead);
  await db.updateTable("storage_subjects").set(none).where("id", "in", theirs).execute();
}
