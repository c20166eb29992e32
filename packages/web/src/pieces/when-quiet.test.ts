import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Act = (event: { timeStamp: number }) => void;
let touch: () => void;

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"], now: 0 });
  const acts: Act[] = [];
  vi.stubGlobal("window", { addEventListener: (_: string, act: Act) => acts.push(act) });
  touch = () => acts[0]?.({ timeStamp: performance.now() });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what may wait does so until nobody has touched the page for a while", async () => {
  const { whenQuiet } = await import("./when-quiet.ts");
  const done = vi.fn();
  await vi.advanceTimersByTimeAsync(3_500);
  whenQuiet(done);
  touch();
  await vi.advanceTimersByTimeAsync(1_500);
  touch();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(done).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(600);
  expect(done).toHaveBeenCalledOnce();
});

test("one waits for the other, the next one comes before, and none waits for what failed or was taken back", async () => {
  const { whenQuiet } = await import("./when-quiet.ts");
  const done: string[] = [];
  let finish = () => {};
  const first = new Promise<void>((resolve) => {
    finish = resolve;
  });
  whenQuiet(() => first.then(() => done.push("first")));
  whenQuiet(() => Promise.reject(new Error("away")));
  const takeBack = whenQuiet(() => done.push("taken back"));
  whenQuiet(() => done.push("last"));
  whenQuiet(() => done.push("next"), "next");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(done).toEqual(["next"]);
  takeBack();
  finish();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(done).toEqual(["next", "first", "last"]);
});

test("who never rests does not hinder it for ever", async () => {
  const { whenQuiet } = await import("./when-quiet.ts");
  const done = vi.fn();
  whenQuiet(done);
  for (let second = 0; second < 62; second += 1) {
    touch();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(done).toHaveBeenCalledOnce();
});
