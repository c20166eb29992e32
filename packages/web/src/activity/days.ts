import type { RunDay } from "../api/activity.ts";

const dayMs = 86_400_000;

/** A day in UTC, as the server counts: `2026-11-22`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
export const momentOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);

/** From when to when a day is, for the server; null: that is no day. */
export function rangeOf(day: string): { from: string; to: string } | null {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? momentOf(day) : Number.NaN;
  if (!Number.isFinite(start) || dayOf(start) !== day) return null;
  return { from: new Date(start).toISOString(), to: new Date(start + dayMs).toISOString() };
}

/** The last so many days up to that one, oldest first, those without anything too. */
export function lastDays(days: readonly RunDay[], last: string, count: number): RunDay[] {
  const known = new Map(days.map((one) => [one.day, one]));
  return Array.from({ length: count }, (_, at) => {
    const day = dayOf(momentOf(last) - (count - 1 - at) * dayMs);
    return known.get(day) ?? { day, executions: 0, errors: 0, execution_time_ms: 0 };
  });
}

/** How many days of that week lie before it. @param firstDay of weeks: 0 Sunday … 6 Saturday */
export const daysIntoWeek = (day: string, firstDay: number): number =>
  (new Date(momentOf(day)).getUTCDay() - firstDay + 7) % 7;

/** A year of whole weeks that ends with that day: columns of seven, the last perhaps shorter. */
export function yearOf(days: readonly RunDay[], last: string, firstDay: number): RunDay[][] {
  const all = lastDays(days, last, 52 * 7 + daysIntoWeek(last, firstDay) + 1);
  return Array.from({ length: Math.ceil(all.length / 7) }, (_, week) => all.slice(week * 7, week * 7 + 7));
}

/** 0: nothing; 1 to 4: by quarters of the most. */
export const levelOf = (runs: number, most: number): number =>
  runs === 0 || most === 0 ? 0 : Math.min(4, Math.ceil((runs / most) * 4));

export const sumOf = (days: readonly RunDay[]): { runs: number; errors: number } => ({
  runs: days.reduce((sum, { executions }) => sum + executions, 0),
  errors: days.reduce((sum, { errors }) => sum + errors, 0),
});
