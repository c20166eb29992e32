import { expect, it } from "vitest";
import { coreHours } from "./core-hours.ts";

const start = new Date("2026-01-01T00:00:00.000Z");
const after = (ms: number): Date => new Date(start.getTime() + ms);

it.each([
  [1, 0, "0.00000"],
  [1, 17, "0.00000"],
  [1, 18, "0.00001"],
  [4, 3_600_000, "4.00000"],
  [2, 10_500, "0.00583"],
  [1, -5, "0.00000"],
  [64, 3_600_000 * 24 * 366, "562176.00000"],
])("%i CPUs for %i ms are %s core hours", (cpus, ms, expected) => {
  expect(coreHours(cpus, start, after(ms))).toBe(expected);
});
