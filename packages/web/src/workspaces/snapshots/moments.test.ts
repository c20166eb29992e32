import { expect, test } from "vitest";
import type { Snapshot } from "../../api/snapshots.ts";
import { daysOf, momentNamed, momentsOf, movedTo } from "./moments.ts";

/** At this time of whoever looks. */
const made = (name: string, period: Snapshot["period"], day: number, hour: number, minute = 0): Snapshot => ({
  name,
  period,
  created_at: new Date(2026, 10, day, hour, minute).toISOString(),
});

test("what the clock made together is one moment, named by what is kept longest and found by any of its names", () => {
  const moments = momentsOf([
    made("h8", "hourly", 22, 8),
    made("w", "weekly", 22, 7, 4),
    made("d", "daily", 22, 7, 2),
    made("h7", "hourly", 22, 7),
  ]);
  expect(moments.map(({ name, period }) => [name, period])).toEqual([
    ["w", "weekly"],
    ["h8", "hourly"],
  ]);
  expect(momentNamed(moments, "h7")?.name).toBe("w");
  expect(momentNamed(moments, "d")?.name).toBe("w");
  expect(momentNamed(moments, "never")).toBeUndefined();
});

test("what somebody made, what is of the same period and what is further apart stay moments of their own", () => {
  const moments = momentsOf([
    made("by-hand", null, 22, 7, 1),
    made("h7", "hourly", 22, 7),
    made("h7-again", "hourly", 22, 7, 2),
    made("d", "daily", 22, 7, 15),
  ]);
  expect(moments.map(({ name }) => name)).toEqual(["h7", "by-hand", "h7-again", "d"]);
});

test("moments stand by the days of whoever looks, oldest first, and days without any are told", () => {
  const days = daysOf(
    momentsOf([
      made("today-1", "hourly", 22, 1),
      made("yesterday-2", "hourly", 21, 23, 59),
      made("yesterday-1", "hourly", 21, 0),
      made("long-ago", "weekly", 14, 12),
    ]),
  );
  expect(days.map(({ moments, gap }) => [moments.map(({ name }) => name), gap])).toEqual([
    [["long-ago"], false],
    [["yesterday-1", "yesterday-2"], true],
    [["today-1"], false],
  ]);
  expect(daysOf([])).toEqual([]);
});

test("arrow keys lead along the reading direction and no further than the ends", () => {
  expect(movedTo("ArrowRight", 1, 5, false)).toBe(2);
  expect(movedTo("ArrowRight", 1, 5, true)).toBe(0);
  expect(movedTo("ArrowLeft", 1, 5, true)).toBe(2);
  expect(movedTo("ArrowLeft", 0, 5, false)).toBe(0);
  expect(movedTo("End", 1, 5, false)).toBe(4);
  expect(movedTo("Home", 4, 5, true)).toBe(0);
  expect(movedTo("a", 4, 5, true)).toBeUndefined();
});
