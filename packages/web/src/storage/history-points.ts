import type { StorageHistory, StorageSubject } from "../api/storage.ts";

/** One place of the drawing; null: nothing is known of it, or it isn't that line's. */
export interface DrawnPoint {
  readonly at: Date;
  readonly used: number | null;
  readonly quota: number | null;
  readonly forecast: number | null;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days of history that are drawn an hour a place. */
const HOURLY_DAYS = 4;
/** Share of what is drawn that the future takes at most. */
const AHEAD = 1 / 4;

/** With the figure of now as the last point: the newest kept one may be an hour old, and the sentence beside is not. */
export function withNow(
  { points, forecast }: StorageHistory,
  { used, effective_quota: quota, as_of: at }: Pick<StorageSubject, "used" | "effective_quota" | "as_of">,
): StorageHistory {
  const last = points.at(-1);
  const isNewer = at !== null && last !== undefined && Date.parse(at) > Date.parse(last.at);
  return { points: isNewer ? [...points, { at, used, quota }] : points, forecast };
}

/**
 * What is drawn: an hour or a day a place, evenly, each with its last figure, from the first that there is to now; then
 * how it goes on at this pace, until it is full.
 * @param quota bytes; 0: none
 */
export function drawnPoints({ points, forecast }: StorageHistory, now: Date, quota: number): DrawnPoint[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const from = new Date(first.at).getTime();
  const step = now.getTime() - from <= HOURLY_DAYS * DAY ? HOUR : DAY;
  const placeOf = (at: number) => Math.floor(at / step);
  const byPlace = new Map(points.map((point) => [placeOf(new Date(point.at).getTime()), point]));
  const [begin, end] = [placeOf(from), placeOf(now.getTime())];
  const drawn = Array.from({ length: end - begin + 1 }, (_, at): DrawnPoint => {
    const point = byPlace.get(begin + at);
    return {
      at: new Date((begin + at) * step),
      used: point?.used ?? null,
      quota: quotaOf(point?.quota ?? 0),
      forecast: null,
    };
  });
  const future = ahead(forecast, { last: last.used, quota, step, from: end, most: drawn.length * AHEAD });
  // The broken line begins where the other ends.
  const known = drawn.findLastIndex(({ used }) => used !== null);
  return [
    ...(future.length === 0
      ? drawn
      : drawn.map((point, at) => (at === known ? { ...point, forecast: point.used } : point))),
    ...future,
  ];
}

interface Ahead {
  readonly last: number;
  readonly quota: number;
  readonly step: number;
  readonly from: number;
  readonly most: number;
}

/** From the newest figure on; nothing where it doesn't grow. */
function ahead(forecast: StorageHistory["forecast"], { last, quota, step, from, most }: Ahead): DrawnPoint[] {
  const perPlace = ((forecast?.bytes_per_day ?? 0) * step) / DAY;
  if (perPlace <= 0 || (quota > 0 && last >= quota)) return [];
  const places = quota === 0 ? most : Math.min(most, Math.ceil((quota - last) / perPlace));
  return Array.from({ length: Math.max(1, Math.floor(places)) }, (_, at) => {
    const grown = last + perPlace * (at + 1);
    return {
      at: new Date((from + at + 1) * step),
      used: null,
      quota: quotaOf(quota),
      forecast: quota === 0 ? grown : Math.min(quota, grown),
    };
  });
}

const quotaOf = (quota: number): number | null => (quota === 0 ? null : quota);
