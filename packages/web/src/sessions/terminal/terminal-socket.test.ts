import { expect, test } from "vitest";
import { isRefusal, retryDelay } from "./terminal-socket.ts";

test("waits longer each time, up to eight seconds and a third", () => {
  expect([0, 1, 2, 3, 4, 20].map((failures) => retryDelay(failures, 0))).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
  expect(retryDelay(20, 1)).toBeCloseTo(8_000 * (4 / 3));
});

test("tries again after a lost connection, not after a refusal", () => {
  expect([1006, 1001, 1011, 1012].some(isRefusal)).toBe(false);
  expect([4401, 4403, 4404, 1008].every(isRefusal)).toBe(true);
});
