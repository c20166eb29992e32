import { expect, it } from "vitest";
import { nextBatch, together } from "./scan.ts";

const GIB = 2 ** 30;

it.each([
  ["quick ones: four times as many", 16, 0.01, 64],
  ["never more than one answer of the bus names", 400, 0.1, 500],
  ["as they should take: as many again", 100, 5, 100],
  ["slow ones: fewer", 100, 50, 16],
  ["none has to be alone", 16, 3_600, 16],
])("%s", (_what, counted, seconds, expected) => {
  expect(nextBatch(counted, seconds)).toBe(expected);
});

it.each([
  ["small ones go together", [1, 2, 3], [1, 2, 3]],
  ["a large one goes alone", [8 * GIB, 1, 8 * GIB], [8 * GIB]],
  ["those before a large one go first", [1, 2, 8 * GIB, 3], [1, 2]],
  ["none is none", [], []],
])("%s", (_what, sizes, expected) => {
  expect(together(sizes.map((used) => ({ used }))).map(({ used }) => used)).toEqual(expected);
});
