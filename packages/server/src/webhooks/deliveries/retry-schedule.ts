const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Milliseconds before each attempt after the first: ten in all, over 23 h 36 min 5 s. */
export const retryDelays: readonly number[] = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  8 * HOUR,
];

/** A longer Retry-After counts as this. */
const LONGEST = 8 * HOUR;

/**
 * When to try again after so many attempts that failed; null: it is given up. A tenth is added or taken at random, so
 * that what failed together doesn't come back together. A receiver's Retry-After puts it off, never forward.
 */
export function nextAttempt(
  attempts: number,
  now: Date,
  retryAfter: string | null,
  random = Math.random(),
): Date | null {
  const usual = retryDelays[attempts - 1];
  if (usual === undefined) return null;
  const jittered = usual * (0.9 + 0.2 * random);
  const asked = Math.min(retryAfterMs(retryAfter, now) ?? 0, LONGEST);
  return new Date(now.getTime() + Math.round(Math.max(jittered, asked)));
}

/** Seconds or a date, as RFC 9110 has it; null: neither. */
function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null || header.trim() === "") return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * SECOND;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
