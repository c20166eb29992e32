import { describe, expect, it } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

function gate() {
  const opened: (() => void)[] = [];
  const order: string[] = [];
  return {
    order,
    work: (name: string) => () =>
      new Promise<void>((resolve) => {
        order.push(name);
        opened.push(resolve);
      }),
    async next() {
      opened.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("fair queue", () => {
  it("runs no more at once than allowed, and lanes take turns", async () => {
    const queue = createFairQueue({ atOnce: 2, perLane: 10, inAll: 20 });
    const { work, order, next } = gate();
    const flood = [1, 2, 3, 4, 5].map((n) => queue.run("flood", work(`flood ${n}`)));
    const other = queue.run("other", work("other"));
    await Promise.resolve();
    expect(order).toEqual(["flood 1", "flood 2"]);
    expect(queue.waiting).toBe(4);
    await next();
    await next();
    expect(order).toEqual(["flood 1", "flood 2", "flood 3", "other"]);
    for (let n = 0; n < 6; n++) await next();
    await Promise.all([...flood, other]);
    expect(order).toHaveLength(6);
    expect(queue.waiting).toBe(0);
  });

  it("refuses what is over a lane's and over the whole bound, and goes on", async () => {
    const queue = createFairQueue({ atOnce: 1, perLane: 2, inAll: 3 });
    const { work, next } = gate();
    const admitted = ["a", "a", "a", "b"].map((lane) => queue.run(lane, work(lane)));
    await expect(queue.run("a", work("a"))).rejects.toMatchObject({ code: "rate_limited" });
    await expect(queue.run("c", work("c"))).rejects.toMatchObject({ code: "unavailable" });
    for (let n = 0; n < 5; n++) await next();
    await Promise.all(admitted);
    await expect(queue.run("c", async () => "in")).resolves.toBe("in");
  });

  it("goes on after work that failed", async () => {
    const queue = createFairQueue({ atOnce: 1, perLane: 2, inAll: 2 });
    const failing = queue.run("a", () => Promise.reject(new Error("no")));
    const after = queue.run("a", async () => 1);
    await expect(failing).rejects.toThrow("no");
    await expect(after).resolves.toBe(1);
  });
});
