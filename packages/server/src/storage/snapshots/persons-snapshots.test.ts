import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import type { StorageContext } from "../context.ts";
import { BackEndAway, type Snapshot } from "../drivers/contract.ts";
import { createSnapshotsOf, type SnapshotsOfOptions } from "./persons-snapshots.ts";

const NAMES = ["stoa-hourly-20261122T06", "stoa-hourly-20261122T07"];
let asked: string[];
let answer: () => Promise<readonly Snapshot[]>;
let periods: readonly unknown[];
const snapshotOf = (snapshot: string, index: number): Snapshot => ({
  ...{ kind: "user", name: "ada", snapshot, used: 0 },
  createdAt: new Date(index * 1000),
});
beforeEach(() => {
  asked = [];
  periods = [];
  answer = async () => NAMES.map(snapshotOf);
});

/** Everybody has storage named by their number. */
function create(options: SnapshotsOfOptions = {}) {
  const snapshots = {
    of: ({ name }: { name: string }) => {
      asked.push(name);
      return answer();
    },
    directoryOf: () => "/somewhere",
  };
  const known = { ofAccount: (id: number) => ({ kind: "user", name: `u-${id}`, project: id }) };
  const platform = { config: { storage: { snapshots: periods } } };
  const context = { driver: { snapshots, state: { ok: true } }, known, platform } as unknown as StorageContext;
  return createSnapshotsOf(context, async () => true, options);
}

it("tells the newest first, and asks once for some seconds", async () => {
  const of = create();
  const answers = await Promise.all(Array.from({ length: 50 }, () => of(1)));
  expect(new Set(answers.map(({ items }) => items.map(({ name }) => name).join()))).toEqual(
    new Set([[...NAMES].reverse().join()]),
  );
  await of(1);
  expect(asked).toEqual(["u-1"]);
  await of(2);
  expect(asked).toEqual(["u-1", "u-2"]);
});

it("asks anew when the answer is old, or somebody has heard of a newer one", async () => {
  const of = create({ freshMs: 100_000, anewMs: 1 });
  await of(1);
  await sleep(5);
  await of(1);
  expect(asked).toHaveLength(1);
  await of(1, true);
  expect(asked).toHaveLength(2);
  const short = create({ freshMs: 1 });
  await short(1);
  await sleep(5);
  await short(1);
  expect(asked).toHaveLength(4);
});

it("leaves nobody waiting for a hung pool, nor asks it the same again meanwhile", async () => {
  answer = () => new Promise(() => undefined);
  const of = create({ patienceMs: 20 });
  for (let n = 0; n < 3; n += 1) await expect(of(1)).rejects.toMatchObject({ code: "unavailable", status: 503 });
  expect(asked).toHaveLength(1);
  // And never with more than a few commands, whoever asks.
  await Promise.all(Array.from({ length: 20 }, (_, n) => expect(of(n + 10)).rejects.toMatchObject({ status: 503 })));
  expect(asked).toHaveLength(4);
});

it("tells that the back end is away, and asks it again at once", async () => {
  answer = async () => {
    throw new BackEndAway("the pool is suspended");
  };
  const of = create();
  expect(await of(1)).toEqual({ whyNot: "away", items: [] });
  answer = async () => NAMES.map(snapshotOf);
  expect((await of(1)).items).toHaveLength(2);
});

it("has a bound, and leaves out what is no name of a folder", async () => {
  const many = Array.from({ length: 5_000 }, (_, n) => `auto-${String(n).padStart(4, "0")}`);
  answer = async () => ["a%recv", "..", ...many].map(snapshotOf);
  const { items } = await create()(1);
  expect([items.length, items[0]?.name, items.at(-1)?.name]).toEqual([1_000, "auto-4999", "auto-4000"]);
});

it("is possible before the first one, where some are to be made", async () => {
  answer = async () => [];
  expect(await create()(1)).toEqual({ whyNot: "no_snapshots", items: [] });
  periods = [{ name: "hourly", value: 24 }];
  expect(await create()(1)).toEqual({ whyNot: null, items: [] });
});
