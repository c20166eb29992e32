import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordChange, type StorageContext } from "../context.ts";
import type { DriverState } from "../drivers/contract.ts";
import type { LiesInside } from "../housing/lies-inside.ts";
import { requireDone } from "../subjects/outcomes.ts";
import { effectiveQuota, lockById } from "../subjects/queries.ts";
import type { SubjectRow } from "../tables.ts";

/** How full it is: 80 %, exactly full or nearly so that nothing can be written, above. */
export type Level = "ok" | "near" | "full" | "over";

export function levelOf(row: Pick<SubjectRow, "used" | "quota" | "raise" | "raise_until">): Level {
  const quota = effectiveQuota(row);
  if (quota === 0) return "ok";
  if (row.used > quota) return "over";
  // What the kernel refuses can leave a few blocks free.
  if (row.used >= quota - Math.min(FULL_WITHIN, quota / 100)) return "full";
  return row.used >= quota * 0.8 ? "near" : "ok";
}

const FULL_WITHIN = 2 ** 20;

/** Free on the disk, in bytes, below which it is the disk that is full. */
const DISK_HAS_ROOM = 16 * 2 ** 20;

/** Why a person can't raise their own quota: it may not be, or it would not help. */
const REFUSALS = {
  off: "Quotas can't be raised by oneself here. Ask an administrator",
  no_quota: "There is no quota to raise",
  taken: "The quota was raised once already. Free space, or ask an administrator",
  not_over: "The quota is not used up yet",
  away: "Storage can't be reached just now, and the time of a raise would go by. Try again later",
  unenforced: "Nothing holds to the quota here: a larger one would change nothing",
  disk_full: "The disk itself is full: a larger quota would make no room. Free space, or ask an administrator",
} as const;
export type RaiseRefusal = keyof typeof REFUSALS;
export const RAISE_REFUSALS = Object.keys(REFUSALS) as RaiseRefusal[];

export interface RaiseOffer {
  readonly possible: boolean;
  readonly why_not: RaiseRefusal | null;
  /** On top of the quota. */
  readonly bytes: number;
  readonly seconds: number;
}

type RaiseContext = Pick<StorageContext, "platform" | "driver">;

/**
 * Whether anything holds somebody to their quota: the back end; a hub that asks by contract 1, and starts nothing for
 * whoever is over it; or, where their workspaces lie in their storage, Stoa itself.
 */
export async function isHeld({ driver, platform }: RaiseContext, liesInside: LiesInside, accountId: number) {
  const isAsked = platform.config.apiKey !== null;
  return driver.state.capabilities.enforcedBy !== null || isAsked || (await liesInside(accountId));
}

/**
 * Whether its person may raise the quota by themselves now and has anything of it, by how much and for how long.
 * @param held whether anything holds them to it
 */
export function raiseOffer({ platform, driver }: RaiseContext, row: SubjectRow | null, held: boolean): RaiseOffer {
  const { raisePercent, raiseSeconds } = platform.config.storage.rescue;
  const bytes = row === null ? 0 : Math.ceil((row.quota * raisePercent) / 100);
  const why_not = raisePercent === 0 ? "off" : (whyNotOf(row) ?? whyOfNoUse(driver.state, bytes, held));
  return { possible: why_not === null, why_not, bytes, seconds: raiseSeconds };
}

function whyNotOf(row: SubjectRow | null): RaiseRefusal | null {
  if (row === null || row.quota === 0) return "no_quota";
  if (row.raise_taken_at !== null) return "taken";
  const level = levelOf(row);
  return level === "full" || level === "over" ? null : "not_over";
}

function whyOfNoUse({ ok, free }: DriverState, bytes: number, held: boolean): RaiseRefusal | null {
  // What it can and has is not known then.
  if (!ok) return "away";
  if (!held) return "unenforced";
  return free !== null && free < Math.min(bytes, DISK_HAS_ROOM) ? "disk_full" : null;
}

/**
 * Raises somebody's quota for a while, so that they can tidy up: once until an administrator sets it anew, and not
 * beyond what the settings allow. Where a full dataset refuses even `rm`, this comes first.
 * @param held whether anything holds them to it
 * @throws StoaError conflict with why not, unavailable
 */
export async function takeRaise(
  context: StorageContext,
  caller: Caller,
  id: number,
  held: boolean,
): Promise<SubjectRow> {
  await context.db.transaction().execute(async (trx) => {
    const row = await lockById(trx, id);
    if (row === null || row.deleted_at !== null)
      throw new StoaError("not_found", { details: { what: "storage of yours" } });
    const { possible, why_not, bytes, seconds } = raiseOffer(context, row, held);
    if (!possible) {
      throw new StoaError("conflict", {
        details: { problem: REFUSALS[why_not ?? "off"], reason: `raise_${why_not}` },
      });
    }
    const now = new Date();
    await trx
      .updateTable("storage_subjects")
      .set({
        raise: bytes,
        raise_until: new Date(now.getTime() + seconds * 1000),
        raise_taken_at: now,
        wanted: row.wanted + 1,
      })
      .where("id", "=", id)
      .execute();
    await recordChange(context, trx, caller, "storage.raise", row, {
      bytes,
      seconds,
      used: row.used,
      quota: row.quota,
    });
    await publishChange(context, trx, row);
  });
  const outcome = (await context.settler.settle([id])).get(id) ?? { code: "missing" as const, problem: "" };
  await context.known.refresh([id]);
  requireDone(outcome, "raising the quota");
  return (
    context.known.byId(id) ?? Promise.reject(new StoaError("not_found", { details: { what: "storage of yours" } }))
  );
}
