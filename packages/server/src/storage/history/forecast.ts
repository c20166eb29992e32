/** A subject's usage at a moment; bytes. */
export interface UsagePoint {
  readonly at: Date;
  readonly used: number;
}

export interface Forecast {
  /** Rounded; negative: it shrinks. */
  readonly bytesPerDay: number;
  /** Null: not within two years, or there is no quota. */
  readonly fullAt: Date | null;
}

const DAY_MS = 86_400_000;
const LOOKED_AT_DAYS = 14;
const HORIZON_DAYS = 730;

/**
 * When a quota is reached if the last two weeks go on: the least-squares line through their points, from the newest
 * figure on. Null with less than a day between the first and the last.
 * @param points oldest first
 * @param quota bytes; 0: none
 */
export function forecastOf(points: readonly UsagePoint[], quota: number): Forecast | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const recent = points.filter(({ at }) => last.at.getTime() - at.getTime() <= LOOKED_AT_DAYS * DAY_MS);
  const first = recent[0];
  if (first === undefined || last.at.getTime() - first.at.getTime() < DAY_MS) return null;
  const slope = slopeOf(recent.map(({ at, used }) => [(at.getTime() - first.at.getTime()) / DAY_MS, used]));
  return { bytesPerDay: Math.round(slope), fullAt: fullAt(last, slope, quota) };
}

function fullAt(last: UsagePoint, slope: number, quota: number): Date | null {
  if (quota === 0) return null;
  if (last.used >= quota) return last.at;
  const days = (quota - last.used) / slope;
  return slope > 0 && days <= HORIZON_DAYS ? new Date(last.at.getTime() + days * DAY_MS) : null;
}

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (column: 0 | 1) => points.reduce((sum, point) => sum + point[column], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const variance = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}
