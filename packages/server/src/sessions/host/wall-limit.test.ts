import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWallLimit, type WallLimit } from "./wall-limit.ts";

const DAY = 86_400;
let over: string[];
const limit = (seconds: number | null): WallLimit => {
  const wall = createWallLimit(seconds, (message) => over.push(message));
  wall.start();
  return wall;
};
const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);

describe("a wall time limit", () => {
  beforeEach(() => {
    over = [];
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  });
  afterEach(() => void vi.useRealTimers());

  it("is over after its seconds, once", async () => {
    limit(90);
    await pass(89);
    expect(over).toEqual([]);
    await pass(1000);
    expect(over).toEqual(["It reached its time limit of 2 minutes."]);
  });

  it("may be longer than the longest timer", async () => {
    limit(40 * DAY);
    await pass(39 * DAY);
    expect(over).toEqual([]);
    await pass(DAY);
    expect(over).toHaveLength(1);
  });

  it("counts another one from the start, and ends at once what is over by then", async () => {
    const wall = limit(100);
    await pass(60);
    wall.set(200);
    expect(wall.seconds).toBe(200);
    await pass(139);
    expect(over).toEqual([]);
    wall.set(20);
    expect(over).toEqual(["It reached its time limit of 20 seconds."]);
  });

  it("doesn't mind a clock that is set", async () => {
    limit(600);
    vi.setSystemTime(Date.now() + 30 * DAY * 1000);
    await pass(300);
    vi.setSystemTime(0);
    await pass(299);
    expect(over).toEqual([]);
    await pass(1);
    expect(over).toHaveLength(1);
  });

  it("is none for null, and not after its stop", async () => {
    const [none, stopped] = [limit(null), limit(10)];
    stopped.stop();
    stopped.set(5);
    await pass(DAY);
    expect(over).toEqual([]);
    none.set(10);
    expect(over).toHaveLength(1);
  });
});
