import { expect, test } from "vitest";
import { daysIntoWeek, lastDays, levelOf, rangeOf, sumOf, yearOf } from "./days.ts";

const day = (name: string, executions: number, errors = 0) => ({ day: name, executions, errors, execution_time_ms: 1 });

test("days without anything are filled in, across a month's end", () => {
  const days = lastDays([day("2026-03-01", 4, 1), day("2025-01-01", 9)], "2026-03-02", 4);
  expect(days.map((one) => [one.day, one.executions])).toEqual([
    ["2026-02-27", 0],
    ["2026-02-28", 0],
    ["2026-03-01", 4],
    ["2026-03-02", 0],
  ]);
  expect(sumOf(days)).toEqual({ runs: 4, errors: 1 });
});

test.each([
  // A Sunday.
  ["2026-11-22", 1, 6],
  ["2026-11-22", 0, 0],
  ["2026-11-22", 6, 1],
  ["2026-11-21", 6, 0],
])("%s, where weeks begin with %i, is %i days into its week", (at, first, into) => {
  expect(daysIntoWeek(at, first)).toBe(into);
});

test.each([0, 1, 6])("a year is 53 columns, and whole weeks but the last (weeks begin with %i)", (first) => {
  const weeks = yearOf([], "2026-11-22", first);
  expect(weeks).toHaveLength(53);
  expect(weeks.slice(0, -1).every((week) => week.length === 7)).toBe(true);
  expect(weeks.every(([begins]) => begins !== undefined && daysIntoWeek(begins.day, first) === 0)).toBe(true);
  expect(weeks.at(-1)?.at(-1)?.day).toBe("2026-11-22");
  expect(weeks.flat().length).toBeLessThanOrEqual(371);
});

test("what is seldom is still seen", () => {
  expect([0, 1, 25, 26, 50, 99, 100].map((runs) => levelOf(runs, 100))).toEqual([0, 1, 1, 2, 2, 4, 4]);
  expect(levelOf(0, 0)).toBe(0);
});

test("a day of the address is one, or none", () => {
  expect(rangeOf("2026-02-28")).toEqual({ from: "2026-02-28T00:00:00.000Z", to: "2026-03-01T00:00:00.000Z" });
  for (const none of ["2026-02-30", "2026-2-3", "x", "", "2026-13-01"]) expect(rangeOf(none)).toBeNull();
});
