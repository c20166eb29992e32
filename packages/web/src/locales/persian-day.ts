import { latinNumber } from "./latin.ts";

const dayMs = 86_400_000;
const figures = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {
  timeZone: "UTC",
  year: "numeric",
  month: "numeric",
  day: "numeric",
});

/** Year, month and day of a day `YYYY-MM-DD` in the Persian calendar. */
function persianOf(at: number): readonly [number, number, number] {
  const parts = new Map(figures.formatToParts(at).map(({ type, value }) => [type, Number.parseInt(value, 10)]));
  return [parts.get("year") ?? 0, parts.get("month") ?? 0, parts.get("day") ?? 0];
}

/** `2026-11-21` as `1405/08/30`; "" for what is no day. */
export function toPersianDay(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) return "";
  const [year, month, date] = persianOf(at);
  return `${year}/${String(month).padStart(2, "0")}/${String(date).padStart(2, "0")}`;
}

/** The other way round, from what somebody typed in either digits; null for what is no day. */
export function fromPersianDay(typed: string): string | null {
  const [, year, month, date] = /^(1[2-5]\d\d)[/\-.](\d{1,2})[/\-.](\d{1,2})$/.exec(latinNumber(typed)) ?? [];
  const wanted = [Number(year), Number(month), Number(date)] as const;
  const [y, m, d] = wanted;
  if (!y || !m || !d || m > 12 || d > 31) return null;
  // The year begins about 21 March; the months have 31 days at first, and 30 from the seventh.
  const about = Date.UTC(y + 621, 2, 21) + ((m - 1) * 31 - Math.max(0, m - 7) + d - 1) * dayMs;
  for (const shift of [0, -1, 1, -2, 2]) {
    const at = about + shift * dayMs;
    if (persianOf(at).every((figure, place) => figure === wanted[place])) {
      return new Date(at).toISOString().slice(0, 10);
    }
  }
  return null;
}
