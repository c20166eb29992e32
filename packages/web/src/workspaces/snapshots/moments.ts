import type { Snapshot } from "../../api/snapshots.ts";

/** A moment that can be looked back at. Snapshots that the clock made together are one: nobody tells them apart. */
export interface Moment {
  /** The snapshot of it that is kept longest. */
  readonly name: string;
  /** Of all its snapshots: an address may name any. */
  readonly names: readonly string[];
  readonly at: string;
  readonly period: Snapshot["period"];
}

export interface Day {
  /** Its first moment's time. */
  readonly at: string;
  readonly moments: readonly Moment[];
  /** Whether days before it have none. */
  readonly gap: boolean;
}

/** The clock makes hourly, daily and weekly ones one after the other: a few minutes for many people. */
const togetherMs = 10 * 60_000;
const rank = { weekly: 2, daily: 1, hourly: 0 } as const;

const timeOf = (snapshot: { readonly created_at: string }) => new Date(snapshot.created_at).getTime();

/** @returns oldest first */
export function momentsOf(snapshots: readonly Snapshot[]): Moment[] {
  const groups: Snapshot[][] = [];
  for (const one of snapshots.toSorted((a, b) => timeOf(a) - timeOf(b))) {
    const last = groups.findLast((group) => isTogether(group, one));
    if (last) last.push(one);
    else groups.push([one]);
  }
  return groups.flatMap((group) => {
    const [kept] = group.toSorted((a, b) => rankOf(b) - rankOf(a));
    if (kept === undefined) return [];
    return { name: kept.name, names: group.map(({ name }) => name), at: kept.created_at, period: kept.period };
  });
}

const rankOf = ({ period }: Snapshot) => (period === null ? 3 : rank[period]);

/** One of each period at most; what somebody made is a moment of its own. */
function isTogether(group: readonly Snapshot[], one: Snapshot): boolean {
  const [first] = group;
  if (first === undefined || one.period === null) return false;
  if (group.some(({ period }) => period === null || period === one.period)) return false;
  return timeOf(one) - timeOf(first) <= togetherMs;
}

/** By the days of whoever looks, oldest first. @param moments oldest first */
export function daysOf(moments: readonly Moment[]): Day[] {
  const days = [...Map.groupBy(moments, ({ at }) => midnight(at)).entries()];
  return days.flatMap(([start, ofDay], index) => {
    const [first] = ofDay;
    const before = days[index - 1]?.[0];
    // A day may have 23 hours or 25.
    const gap = before !== undefined && start - before > 1.5 * 86_400_000;
    return first === undefined ? [] : { at: first.at, moments: ofDay, gap };
  });
}

const midnight = (at: string) => new Date(at).setHours(0, 0, 0, 0);

export const momentNamed = (moments: readonly Moment[], name: string): Moment | undefined =>
  moments.find(({ names }) => names.includes(name));

/** Where a key leads from here; undefined: it is none of these keys. Newest is at the end of the reading direction. */
export function movedTo(key: string, at: number, count: number, rtl: boolean): number | undefined {
  const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, ArrowUp: -1, ArrowDown: 1 }[key];
  const to = step !== undefined ? at + step : { Home: 0, End: count - 1 }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}
