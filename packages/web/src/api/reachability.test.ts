import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createReachability, watchServer } from "./reachability.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("one failure is no absence, two in a row are, an answer ends it", () => {
  const reach = createReachability();
  reach.failed();
  expect([reach.isDoubtful(), reach.isAway()]).toEqual([true, false]);
  reach.failed();
  expect(reach.isAway()).toBe(true);
  reach.answered();
  expect([reach.isDoubtful(), reach.isAway()]).toEqual([false, false]);
});

test("a server that is away is asked every two seconds, and what is shown is read anew once it is back", async () => {
  const reach = createReachability();
  let up = false;
  const ask = vi.fn(async () => (up ? reach.answered() : reach.failed()));
  const onBack = vi.fn();
  const stop = watchServer(reach, ask, onBack);
  reach.suspect();
  await vi.advanceTimersByTimeAsync(10);
  expect([ask.mock.calls.length, reach.isAway()]).toEqual([1, true]);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(ask.mock.calls.length).toBe(3);
  up = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(onBack).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask.mock.calls.length).toBe(4);
  stop();
});

test("a suspicion that the first question clears says nothing", async () => {
  const reach = createReachability();
  const onBack = vi.fn();
  const stop = watchServer(reach, async () => reach.answered(), onBack);
  reach.suspect();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([reach.isDoubtful(), onBack.mock.calls.length]).toEqual([false, 0]);
  stop();
});
