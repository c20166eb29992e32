import type { Platform } from "../../platform/platform.ts";
import type { Houses } from "./contract.ts";

/** Whether what somebody writes into their workspaces counts against their storage. */
export type LiesInside = (accountId: number) => Promise<boolean>;

/** Whoever's lies apart may have it moved by an administrator. */
const ASKED_AGAIN_MS = 60_000;

/**
 * Remembers where accounts' workspaces lie: it is asked at each upload, and costs the broker a look at the disk. Once
 * inside they stay there as long as their account.
 */
export function createLiesInside({ config, log }: Pick<Platform, "config" | "log">, houses: Houses): LiesInside {
  const inside = new Set<number>();
  const apart = new Map<number, number>();
  return async (accountId) => {
    if (inside.has(accountId)) return true;
    if ((apart.get(accountId) ?? 0) > Date.now()) return false;
    try {
      const place = await houses.placeOf(accountId);
      // Where there is nothing yet, it begins where the setting says.
      const isInside = place === "inside" || (place === "empty" && config.storage.workspaces === "inside");
      if (place === "inside") inside.add(accountId);
      else if (!isInside) apart.set(accountId, Date.now() + ASKED_AGAIN_MS);
      return isInside;
    } catch (error) {
      // What is refused for it is refused by the file work itself, with the reason.
      log.info({ err: error, account: accountId }, "where somebody's workspaces lie is not known just now");
      return false;
    }
  };
}
