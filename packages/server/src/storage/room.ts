import type { StorageContext } from "./context.ts";
import { type Level, levelOf } from "./rescue/raise.ts";
import { effectiveQuota } from "./subjects/queries.ts";

/** How much room a person has, for whoever is about to write for them. Sizes in bytes. */
export interface Room {
  readonly used: number;
  /** With a raise, while it lasts. */
  readonly allowed: number;
  readonly level: Level;
  /** Who set the quota; null: it was found so. */
  readonly setBy: string | null;
  /** How old the figure is; null: never counted. */
  readonly asOf: Date | null;
  /** False: nothing but we ourselves holds them to it. */
  readonly enforced: boolean;
  /** Of the file system or pool, a minute ago; null: not known. */
  readonly diskFree: number | null;
}

/** Null: they have no storage, or no quota, and may take what the disk has. */
export function roomOf({ known, driver }: Pick<StorageContext, "known" | "driver">, accountId: number): Room | null {
  const row = known.ofAccount(accountId);
  if (row === null || row.quota === 0) return null;
  return {
    used: row.used,
    allowed: effectiveQuota(row),
    level: levelOf(row),
    setBy: row.quota_by,
    asOf: row.used_at,
    enforced: driver.state.capabilities.enforcedBy !== null,
    diskFree: driver.state.free,
  };
}

/** People over their quota, by what is in memory; null: nobody is. */
export async function peopleOver({
  known,
}: Pick<StorageContext, "known">): Promise<{ count: number; at: Date } | null> {
  let [count, at] = [0, new Date(0)];
  for (const row of await known.all()) {
    if (row.kind !== "user" || levelOf(row) !== "over") continue;
    count += 1;
    if (row.used_at !== null && row.used_at > at) at = row.used_at;
  }
  return count === 0 ? null : { count, at };
}
