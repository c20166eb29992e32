import { expect, test } from "vitest";
import type { Day } from "../api/overview.ts";
import { figures, sumOf } from "./figures.ts";

const day = (changes: Partial<Day>): Day => ({
  day: "2026-11-21",
  people_active: 0,
  sessions_started: 0,
  sessions_running: 0,
  sessions_complete: 0,
  sessions_failed: 0,
  ready_median_ms: null,
  core_hours: "0.00000",
  room_bytes: null,
  ...changes,
});
const of = (word: string, ...days: Day[]) => {
  const figure = figures.find((one) => one.word === word);
  return figure && sumOf(figure, days);
};

test("sums, means over the days that have a figure, and the last one", () => {
  expect(of("started", day({ sessions_started: 2 }), day({ sessions_started: 5 }))).toBe(7);
  expect(of("ready", day({ ready_median_ms: 1000 }), day({}), day({ ready_median_ms: 3000 }))).toBe(2);
  expect(of("room", day({ room_bytes: 10 }), day({ room_bytes: 30 }), day({}))).toBe(30);
  expect(of("success", day({ sessions_complete: 3, sessions_failed: 1 }), day({}))).toBe(75);
});

test("no day with a figure is no figure, never nought", () => {
  expect(of("success", day({}))).toBeNull();
  expect(of("room", day({}))).toBeNull();
});
