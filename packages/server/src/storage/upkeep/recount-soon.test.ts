import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createTestPlatform } from "../../testing/test-platform.ts";
import { createRecountSoon } from "./recount-soon.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("counts once in five seconds, however often it is wanted, and forgets nobody", async () => {
  const rounds: (readonly number[])[] = [];
  const soon = createRecountSoon(async (ids) => void rounds.push(ids), createTestPlatform().log);
  for (let n = 0; n < 100; n += 1) soon.want(n % 3);
  await vi.advanceTimersByTimeAsync(300);
  expect(rounds).toEqual([[0, 1, 2]]);
  soon.want(7);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(rounds).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(rounds).toEqual([[0, 1, 2], [7]]);
  soon.stop();
});

it("goes on after a failure, and not after its end", async () => {
  let count = 0;
  const failing = async () => {
    count += 1;
    throw new Error("away");
  };
  const soon = createRecountSoon(failing, createTestPlatform().log);
  soon.want(1);
  await vi.advanceTimersByTimeAsync(300);
  soon.want(1);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(count).toBe(2);
  soon.want(1);
  soon.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(count).toBe(2);
});
