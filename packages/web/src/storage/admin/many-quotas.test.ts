import { expect, test } from "vitest";
import { byQuota, setMany } from "./many-quotas.ts";

const ids = Array.from({ length: 250 }, (_, at) => at + 1);

test("many are set some at a time, and who was refused is told", async () => {
  const sizes: number[] = [];
  const told: number[] = [];
  const outcomes = await setMany(
    ids,
    5,
    (done) => told.push(done),
    async (some, quota) => {
      sizes.push(some.length);
      expect(quota).toBe(5);
      return {
        items: some.map((id) => {
          const code = id === 101 ? ("busy" as const) : null;
          return { id, done: code === null, problem: code, problem_code: code };
        }),
      };
    },
  );
  expect(sizes).toEqual([100, 100, 50]);
  expect(told).toEqual([100, 200, 250]);
  expect(outcomes.filter(({ done }) => !done)).toEqual([
    { id: 101, done: false, problem: "busy", problem_code: "busy" },
  ]);
});

test("a failure stops it where it is", async () => {
  const seen: number[] = [];
  const set = async (some: readonly number[]) => {
    if (some[0] === 101) throw new Error("away");
    seen.push(...some);
    return { items: [] };
  };
  await expect(setMany(ids, 5, undefined, set)).rejects.toThrow("away");
  expect(seen).toHaveLength(100);
});

test("those who had the same get it back in one call", () => {
  const before = [
    { id: 1, quota: 0 },
    { id: 2, quota: 7 },
    { id: 3, quota: 0 },
  ];
  expect([...byQuota(before)]).toEqual([
    [0, [1, 3]],
    [7, [2]],
  ]);
});
