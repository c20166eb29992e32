import { sql } from "kysely";
import type { StorageDb } from "../tables.ts";

/** What only one server of the cluster does at a time. */
export type LeaseName = "reconcile" | "scan" | "snapshots";

/** Takes or keeps a lease; false: another server has it. It ends by itself, should its holder be killed. */
export async function takeLease(db: StorageDb, name: LeaseName, holder: string, seconds: number): Promise<boolean> {
  const until = sql<Date>`now() + make_interval(secs => ${seconds})`;
  const row = await db
    .insertInto("storage_leases")
    .values({ name, holder, until })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet({ holder, until })
        .where((e) =>
          e.or([e("storage_leases.holder", "=", holder), e("storage_leases.until", "<", sql<Date>`now()`)]),
        ),
    )
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

/** For another server to take at once. */
export async function giveLeaseBack(db: StorageDb, name: LeaseName, holder: string): Promise<void> {
  await db.deleteFrom("storage_leases").where("name", "=", name).where("holder", "=", holder).execute();
}
