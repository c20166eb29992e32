import { expect, test } from "vitest";
import { sizeTicks } from "./size-ticks.ts";

const GiB = 2 ** 30;

test.each([
  [50 * GiB, [0, 20, 40, 60].map((one) => one * GiB)],
  [1.5 * 1024 * GiB, [0, 1, 2].map((one) => one * 1024 * GiB)],
  [3 * GiB, [0, 1, 2, 3].map((one) => one * GiB)],
  [900 * GiB, [0, 250, 500, 750, 1000].map((one) => one * GiB)],
  [0, [0, 1]],
])("%d is marked in round numbers", (largest, ticks) => expect(sizeTicks(largest)).toEqual(ticks));

test("never more than five marks, and the last is past the largest", () => {
  for (let largest = 1; largest < 2 ** 52; largest = Math.ceil(largest * 1.37)) {
    const ticks = sizeTicks(largest);
    expect(ticks.length).toBeLessThanOrEqual(5);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest);
  }
});
