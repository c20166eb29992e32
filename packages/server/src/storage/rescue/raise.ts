import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordChange, type StorageContext } from "../context.ts";
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

export interface RaiseOffer {
  readonly possible: boolean;
  readonly why_not: "off" | "not_over" | "taken" | "no_quota" | null;
  /** On top of the quota. */
  readonly bytes: number;
  readonly seconds: number;
}

/** Whether its person may raise the quota by themselves now, by how much and for how long. */
export function raiseOffer({ platform }: Pick<StorageContext, "platform">, row: SubjectRow | null): RaiseOffer {
  const { raisePercent, raiseSeconds } = platform.config.storage.rescue;
  const bytes = row === null ? 0 : Math.ceil((row.quota * raisePercent) / 100);
  const level = row === null ? "ok" : levelOf(row);
  const why_not =
    raisePercent === 0
      ? "off"
      : row === null || row.quota === 0
        ? "no_quota"
        : row.raise_taken_at !== null
          ? "taken"
          : level === "full" || level === "over"
            ? null
            : "not_over";
  return { possible: why_not === null, why_not, bytes, seconds: raiseSeconds };
}

/**
 * Raises somebody's quota for a while, so that they can tidy up: once until an administrator sets it anew, and not
 * beyond what the settings allow. Where a full dataset refuses even `rm`, this comes first.
 * @throws StoaError conflict with why not, unavailable
 */
export async function takeRaise(context: StorageContext, caller: Caller, id: number): Promise<SubjectRow> {
  await context.db.transaction().execute(async (trx) => {
    const row = await lockById(trx, id);
    if (row === null || row.deleted_at !== null)
      throw new StoaError("not_found", { details: { what: "storage of yours" } });
    const { possible, why_not, bytes, seconds } = raiseOffer(context, row);
    if (!possible) {
      throw new StoaError("conflict", {
        details: { problem: REASONS[why_not ?? "off"], reason: `raise_${why_not}` },
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

const REASONS = {
  off: "Quotas can't be raised by oneself here. Ask an administrator",
  not_over: "The quota is not used up yet",
  taken: "The quota was raised once already. Free space, or ask an administrator",
  no_quota: "There is no quota to raise",
} as const;
