import { expect, test } from "vitest";
import { shownBytes } from "./shown-bytes.ts";

test("much output is told in few frames, the last of it at once, and nothing is lost", () => {
  const told: number[] = [];
  const bytes = shownBytes((count) => told.push(count));
  for (let at = 0; at < 100; at += 1) bytes.arrived(4_096);
  for (let at = 0; at < 100; at += 1) bytes.shown(4_096);
  expect(told.length).toBeLessThanOrEqual(8);
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(409_600);
});

test("a key's echo is told as soon as it is shown", () => {
  const told: number[] = [];
  const bytes = shownBytes((count) => told.push(count));
  bytes.arrived(1);
  bytes.shown(1);
  expect(told).toEqual([1]);
});
