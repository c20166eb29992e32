import { sql } from "kysely";
import type { Config } from "../../config/schema.ts";
import { inOrder } from "../subjects/in-order.ts";
import type { StorageDb } from "../tables.ts";

/** This process, as a lease knows it. */
export function holderOf({ nodeId }: Pick<Config, "nodeId">): string {
  return `${nodeId}#${process.pid}`;
}

/** Ends the leases of servers on this machine that are no more: a restart after a crash waits for nobody. */
export async function endLeasesOfDead(db: StorageDb, config: Pick<Config, "nodeId">): Promise<void> {
  const prefix = `${config.nodeId}#`;
  const [subjects, leases] = await Promise.all([
    db
      .selectFrom("storage_subjects")
      .select("lease_holder as holder")
      .distinct()
      .where("lease_holder", "is not", null)
      .execute(),
    db.selectFrom("storage_leases").select("holder").execute(),
  ]);
  const holders = new Set([...subjects, ...leases].flatMap(({ holder }) => holder ?? []));
  const dead = [...holders].filter(
    (holder) => holder.startsWith(prefix) && !isAlive(Number(holder.slice(prefix.length))),
  );
  if (dead.length === 0) return;
  const none = { lease_holder: null, lease_until: null };
  const theirs = inOrder(db).where("s.lease_holder", "in", dead);
  await db.updateTable("storage_subjects").set(none).where("id", "in", theirs).execute();
  await db.deleteFrom("storage_leases").where("holder", "in", dead).execute();
}

/** A number that another program bears by now counts as alive: then the lease ends by itself. Our own was a forerunner's. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

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
