import { expect, it } from "vitest";
import { nextBatch } from "./scan.ts";

it.each([
  ["quick ones: four times as many", 16, 0.01, 64],
  ["never more than one answer of the bus names", 400, 0.1, 500],
  ["as they should take: as many again", 100, 5, 100],
  ["slow ones: fewer", 100, 50, 16],
  ["none has to be alone", 16, 3_600, 16],
])("%s", (_what, counted, seconds, expected) => {
  expect(nextBatch(counted, seconds)).toBe(expected);
});
