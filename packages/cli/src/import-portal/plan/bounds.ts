import { beginOf, oldestKept } from "@stoa/server/activity/months/month.ts";
import type { Bounds } from "../source/old-log.ts";

/** No notebook ran before; and each month that is kept is a table. */
const EARLIEST = new Date("2000-01-01T00:00:00Z");
/** Clocks differ. */
const SKEW_MS = 5 * 60_000;

/** @param keptMonths 0: all */
export function boundsAt(now: Date, keptMonths: number): Bounds {
  return {
    earliest: EARLIEST,
    oldest: keptMonths === 0 ? null : beginOf(oldestKept(now, keptMonths)),
    latest: new Date(now.getTime() + SKEW_MS),
  };
}
