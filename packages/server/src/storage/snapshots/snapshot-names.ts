export const PERIODS = ["hourly", "daily", "weekly"] as const;
export type Period = (typeof PERIODS)[number];

const OURS = /^stoa-(hourly|daily|weekly)-(\d{8}T\d{2}|\d{8}|\d{4}W\d{2})$/;

/** A snapshot's name for the period that this moment is in (UTC): the same for everybody, and made once in it. */
export function snapshotName(period: Period, at: Date): string {
  const day = at.toISOString().slice(0, 10).replaceAll("-", "");
  const hour = at.toISOString().slice(11, 13);
  const parts = { hourly: `${day}T${hour}`, daily: day, weekly: isoWeek(at) };
  return `stoa-${period}-${parts[period]}`;
}

/** Null for a snapshot that others made: those are never removed. */
export function periodOf(snapshot: string): Period | null {
  return (OURS.exec(snapshot)?.[1] as Period | undefined) ?? null;
}

/** ISO 8601: the week of a Thursday is the year's that the Thursday is in. */
function isoWeek(at: Date): string {
  const thursday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - first) / 86_400_000 + 1) / 7);
  return `${thursday.getUTCFullYear()}W${String(week).padStart(2, "0")}`;
}
