/** A moment to the microsecond, as PostgreSQL reads it, and to the millisecond, as it is compared. */
export interface Moment {
  readonly at: Date;
  /** ISO 8601 in UTC with six digits after the second. */
  readonly text: string;
}

const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?$/;

/** Nothing ran before, nor will in our time; every one of them PostgreSQL reads and writes with four digits. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

/**
 * RFC 3339; without an offset in UTC; digits beyond the sixth are left out.
 * @returns null: there is no such time, or not in the years 1900 to 2200
 */
export function readTimestamp(text: string): Moment | null {
  const parts = FORM.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const offset = offsetOf(parts[8] ?? "Z");
  // JavaScript carries over: the 30th of February would be a day in March.
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  const isThere = local.getUTCDate() === day && local.getUTCMonth() === month - 1 && local.getUTCHours() === hour;
  if (!isThere || minute > 59 || second > 59 || offset === null) return null;
  if (year < FIRST_YEAR || year > LAST_YEAR) return null;
  const fraction = (parts[7] ?? "").padEnd(6, "0").slice(0, 6);
  return momentAt(new Date(local.getTime() - offset * 60_000), fraction);
}

/** @param fraction six digits: microseconds */
export function momentAt(at: Date, fraction = String(at.getUTCMilliseconds()).padStart(3, "0").padEnd(6, "0")): Moment {
  const whole = new Date(Math.floor(at.getTime() / 1000) * 1000);
  const text = `${whole.toISOString().slice(0, -5)}.${fraction}Z`;
  return { at: new Date(whole.getTime() + Math.floor(Number(fraction) / 1000)), text };
}

/** Minutes; null: there is no such offset. */
function offsetOf(zone: string): number | null {
  if (/^z$/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (hours * 60 + minutes) * (zone.startsWith("-") ? -1 : 1);
}
