import { describe, expect, test } from "vitest";
import type { StorageHistory } from "../api/storage.ts";
import { drawnPoints, withNow } from "./history-points.ts";

const now = new Date("2026-11-22T12:30:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
const grows = { bytes_per_day: 100, full_at: null };

function history(hours: readonly number[], forecast: StorageHistory["forecast"] = null): StorageHistory {
  return { points: hours.map((ago, at) => ({ at: hoursAgo(ago), used: at + 1, quota: 1_000 })), forecast };
}

describe("a history is drawn", () => {
  test("as nothing while there is none", () => expect(drawnPoints(history([]), now, 0)).toEqual([]));

  test("an hour a place while it is young, with gaps where nothing was counted", () => {
    const drawn = drawnPoints(history([3, 1]), now, 0);
    expect(drawn.map(({ used }) => used)).toEqual([1, null, 2, null]);
    expect(drawn[0]?.at.toISOString()).toBe("2026-11-22T09:00:00.000Z");
  });

  test("a day a place later, each with its last figure", () => {
    const drawn = drawnPoints(history([10 * 24, 9 * 24 + 1, 9 * 24, 0]), now, 0);
    expect(drawn).toHaveLength(11);
    expect([drawn[0]?.used, drawn[1]?.used, drawn.at(-1)?.used]).toEqual([1, 3, 4]);
  });

  test("goes on at its pace until it is full, and no further than a quarter", () => {
    const slow = drawnPoints(history([39 * 24, 0], grows), now, 1_000_000);
    expect(slow.filter(({ forecast }) => forecast !== null).map(({ forecast }) => forecast)).toEqual(
      Array.from({ length: 11 }, (_, at) => 2 + 100 * at),
    );
    const fast = drawnPoints(history([39 * 24, 0], grows), now, 150);
    expect(fast.slice(-2).map(({ forecast }) => forecast)).toEqual([102, 150]);
  });

  test("does not go on where it is full or shrinks", () => {
    const ends = (forecast: StorageHistory["forecast"], quota: number) =>
      drawnPoints(history([39 * 24, 0], forecast), now, quota).length;
    expect(ends(grows, 2)).toBe(40);
    expect(ends({ bytes_per_day: -5, full_at: null }, 1_000)).toBe(40);
    expect(ends(null, 1_000)).toBe(40);
  });
});

describe("the figure of now", () => {
  const subject = (as_of: string | null) => ({ used: 7, effective_quota: 9, as_of });

  test("is the last point where it is newer than the kept ones", () => {
    const { points } = withNow(history([3, 1]), subject(hoursAgo(0)));
    expect(points.map(({ used, quota }) => [used, quota])).toEqual([
      [1, 1_000],
      [2, 1_000],
      [7, 9],
    ]);
  });

  test.each([hoursAgo(1), hoursAgo(2), null])("counted at %s adds nothing", (as_of) => {
    expect(withNow(history([3, 1]), subject(as_of)).points).toHaveLength(2);
  });

  test("begins no history", () => expect(withNow(history([]), subject(hoursAgo(0))).points).toEqual([]));
});
