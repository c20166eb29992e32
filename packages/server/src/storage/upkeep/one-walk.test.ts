import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { areNearlyAll, createOneWalk, createPace, type Due } from "./one-walk.ts";

const GIB = 2 ** 30;
const due = (name: string, used = 0, is_counted = true): Due => ({
  ...{ id: 1, kind: "user", name, used, is_counted, scan_every: 300 },
});
const never = AbortSignal.timeout(60_000);
/** A walk that finds this. */
const finding = (found: Readonly<Record<string, number>>, total = 0) => ({
  measureBase: async () => ({ sizes: new Map(Object.entries(found)), total }),
});
/** A walk that takes for ever, and says when it was ended. */
function endless() {
  const ended: unknown[] = [];
  const measureBase = async (signal: AbortSignal) => {
    await sleep(60_000, undefined, { signal }).catch(() => ended.push(signal.reason));
    throw signal.reason;
  };
  return { driver: { measureBase }, ended };
}

describe("one walk", () => {
  it("is believed where a figure grew or stayed; what fell, or was not told of, is asked for", async () => {
    const walk = createOneWalk(finding({ "user/ada": 20, "user/bob": 20, "user/eve": 20, "user/new": 5 }));
    const all = [due("ada", 20), due("bob", 10), due("eve", 30), due("gone", 10), due("new", 0, false)];
    expect([...(await walk.count(all, never))]).toEqual([
      ["user/ada", 20],
      ["user/bob", 20],
      ["user/new", 5],
    ]);
  });

  it("serves no site with groups, nor a back end that has none", () => {
    const people = [{ kind: "user" as const, used: 0 }];
    expect(createOneWalk(finding({})).mayServe(people)).toBe(true);
    expect(createOneWalk(finding({})).mayServe([...people, { kind: "group", used: 0 }])).toBe(false);
    expect(createOneWalk({ measureBase: null }).mayServe(people)).toBe(false);
  });

  it("that takes too long is ended, tells of nobody, and is not begun again", async () => {
    const { driver, ended } = endless();
    const walk = createOneWalk(driver, 20);
    expect((await walk.count([due("ada")], never)).size).toBe(0);
    expect(ended).toMatchObject([{ name: "TimeoutError" }]);
    expect(walk.mayServe([])).toBe(false);
  });

  it("is ended with the server, and says so", async () => {
    const { driver, ended } = endless();
    const stop = new AbortController();
    const walk = createOneWalk(driver);
    const counted = walk.count([due("ada")], stop.signal);
    stop.abort(new Error("stopping"));
    await expect(counted).rejects.toThrow("stopping");
    expect(ended).toHaveLength(1);
    expect(walk.mayServe([])).toBe(true);
  });

  it("that fails otherwise is not tried again either: the usual way tells what is wrong", async () => {
    const walk = createOneWalk({ measureBase: () => Promise.reject(new Error("it said too much")) });
    await expect(walk.count([due("ada")], never)).rejects.toThrow("too much");
    expect(walk.mayServe([])).toBe(false);
  });

  it("that is of use for few is not begun again", async () => {
    const walk = createOneWalk(finding({ "user/ada": 10, "user/bob": 1 }));
    expect((await walk.count([due("ada", 10), due("bob", 10)], never)).size).toBe(1);
    expect(walk.mayServe([])).toBe(true);
    expect((await walk.count([due("ada", 10), due("bob", 10), due("eve", 10)], never)).size).toBe(1);
    expect(walk.mayServe([])).toBe(false);
  });

  it.each([
    ["other things than people's are not walked again", 2 * GIB, false],
    ["a little beside theirs is no matter", 1.05 * GIB, true],
  ])("%s", async (_what, total, again) => {
    const walk = createOneWalk(finding({ "user/ada": GIB }, total));
    expect((await walk.count([due("ada")], never)).size).toBe(1);
    expect(walk.mayServe([])).toBe(again);
  });
});

it.each([
  ["all of them", [1, 1, 1], [1, 1, 1], true],
  ["nine in ten", new Array(9).fill(1), new Array(10).fill(1), true],
  ["half of them", [1], [1, 1], false],
  ["all but the one who has most of it", new Array(9).fill(1), [...new Array(9).fill(1), 100], false],
])("%s", (_what, some, all, expected) => {
  const rows = (sizes: readonly number[]) => sizes.map((used) => ({ kind: "user" as const, used }));
  expect(areNearlyAll(rows(some), rows(all))).toBe(expected);
});

it("knows how long so many take by what took place of late, and nothing before", () => {
  const pace = createPace();
  expect(pace.expected(1)).toBe(Number.POSITIVE_INFINITY);
  pace.note(10, 1);
  expect(pace.expected(100)).toBe(10);
  for (let round = 0; round < 10; round += 1) pace.note(10, 5);
  expect(pace.expected(100)).toBeGreaterThan(49);
});
