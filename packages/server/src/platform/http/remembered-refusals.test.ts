import { describe, expect, it } from "vitest";
import { type Buckets, createLocalBuckets, type Limit } from "./limit-bucket.ts";
import { rememberRefusals } from "./remembered-refusals.ts";

const limit: Limit = { burst: 3, seconds: 30 };

function ground() {
  let at = 0;
  let asked = 0;
  const inner = createLocalBuckets(100, () => at);
  const counted: Buckets = {
    ...inner,
    async take(key, wanted) {
      asked += 1;
      await new Promise(setImmediate);
      return inner.take(key, wanted);
    },
  };
  return {
    buckets: rememberRefusals(counted, { capacity: 4, now: () => at }),
    inner,
    asked: () => asked,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

describe("a flood of tries", () => {
  it("asks for the ones it has, and once more: all others hear the same refusal", async () => {
    const { buckets, asked } = ground();
    const waits = await Promise.all(Array.from({ length: 1_000 }, () => buckets.take("flood", limit)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
    expect(Math.max(...waits)).toBe(10);
    expect(asked()).toBe(4);
  });

  it("keeps nobody with another key waiting", async () => {
    const { buckets, asked } = ground();
    const flood = Array.from({ length: 1_000 }, () => buckets.take("flood", limit));
    expect(await buckets.take("somebody", limit)).toBe(0);
    expect(asked()).toBeLessThanOrEqual(4);
    await Promise.all(flood);
  });
});

describe("a refusal", () => {
  it("is remembered for a second, then asked for anew: others may have emptied the bucket", async () => {
    const { buckets, inner, asked, pass } = ground();
    for (let i = 0; i < 4; i++) await buckets.take("a", limit);
    pass(900);
    expect(await buckets.take("a", limit)).toBeCloseTo(9.1);
    expect(asked()).toBe(4);
    await inner.forget("a");
    pass(101);
    expect(await buckets.take("a", limit)).toBe(0);
  });

  it("is over with what is given back or forgotten here", async () => {
    const { buckets } = ground();
    for (let i = 0; i < 4; i++) await buckets.take("a", limit);
    await buckets.giveBack("a", limit);
    expect(await buckets.take("a", limit)).toBe(0);
    expect(await buckets.take("a", limit)).toBeGreaterThan(0);
    await buckets.forget("a");
    expect(await buckets.take("a", limit)).toBe(0);
  });

  it("is forgotten, oldest first, where many keys are refused", async () => {
    const { buckets, asked } = ground();
    for (const key of ["a", "b", "c", "d", "e"]) for (let i = 0; i < 4; i++) await buckets.take(key, limit);
    const before = asked();
    await buckets.take("e", limit);
    expect(asked()).toBe(before);
    await buckets.take("a", limit);
    expect(asked()).toBe(before + 1);
  });
});

it("a try that could not be counted fails alone", async () => {
  let fails = true;
  const inner = createLocalBuckets();
  const buckets = rememberRefusals({
    ...inner,
    take: async (key, wanted) => {
      if (!fails) return inner.take(key, wanted);
      fails = false;
      throw new Error("the database is away");
    },
  });
  const [first, second] = await Promise.allSettled([buckets.take("a", limit), buckets.take("a", limit)]);
  expect(first.status).toBe("rejected");
  expect(second).toEqual({ status: "fulfilled", value: 0 });
});
