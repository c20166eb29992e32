import { AccountRefusal } from "../refusals.ts";

const DAY_MS = 86_400_000;
/** A token never lives longer than this, renewed or not. */
export const HARD_DAYS = 366;
/** What a token gets whose maker named no expiry. */
export const DEFAULT_DAYS = 90;

/**
 * A token stops working at its (soft) expiry. Until its hard expiry, a year after it was made, its owner may
 * move the soft one on; after that it is over for good and another has to be made.
 * @param expiry a date (`2030-01-31`: to the end of that day, UTC) or a date-time (without a zone: UTC)
 * @throws AccountRefusal expiry_rule when it is no time, is past, or is after the hard expiry
 */
export function softExpiry(expiry: string | undefined, hard: Date, now = new Date()): Date {
  const byDefault = new Date(Math.min(now.getTime() + DEFAULT_DAYS * DAY_MS, hard.getTime()));
  const at = expiry === undefined ? byDefault : readTime(expiry);
  if (!at || at <= now || at > hard) throw new AccountRefusal("expiry_rule", { until: hard.toISOString() });
  return at;
}

export function hardExpiry(now = new Date()): Date {
  return new Date(now.getTime() + HARD_DAYS * DAY_MS);
}

function readTime(text: string): Date | null {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text);
  if (!parts) return null;
  const [, day, time = "23:59:59.999", zone = "Z"] = parts;
  // 31 February would become March: a day that isn't must be refused.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return null;
  const at = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
