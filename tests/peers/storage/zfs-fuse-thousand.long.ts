import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StorageDriver, Wanted } from "../../../packages/server/src/storage/drivers/contract.ts";
import { createZfsDriver } from "../../../packages/server/src/storage/drivers/zfs/zfs-driver.ts";
import { createLocalHost } from "../../../packages/server/src/storage/hosts/local-host.ts";
import { hasZfsFuse, startZfsFuse, type ZfsFuse } from "./zfs-fuse.ts";
import { log, MIB } from "./zfs-ground.ts";

const HOW_MANY = 1000;
/** As the settler asks: so many in one round, so many rounds at once. */
const ROUND = 50;
const ROUNDS = 3;

/** A thousand people on zfs-fuse, whose datasets are not mounted: a thousand mounts are all that it can have. */
describe.skipIf(!hasZfsFuse())("a thousand datasets on zfs-fuse", () => {
  let fuse: ZfsFuse;
  let driver: StorageDriver;
  const people: readonly Wanted[] = Array.from({ length: HOW_MANY }, (_, n) => ({
    ...{ kind: "user", name: `person-${n}`, project: n + 1, quota: 10 * MIB, adopted: false },
    owner: { uid: 1000, gid: 1000 },
  }));

  beforeAll(async () => {
    fuse = await startZfsFuse();
    const base = `${fuse.pool}/home`;
    await fuse.zfs("create", "-o", "mountpoint=none", base);
    driver = createZfsDriver({ host: createLocalHost({ backend: "zfs", base, log }), base, log });
    await driver.probe();
  });
  afterAll(async () => {
    await driver?.close();
    await fuse?.[Symbol.asyncDispose]();
  });

  async function timed<T>(what: string, work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
    const start = performance.now();
    const result = await work();
    const seconds = (performance.now() - start) / 1000;
    console.log(`${what}: ${seconds.toFixed(2)} s`);
    return { seconds, result };
  }

  async function settleAll(wanted: readonly Wanted[]): Promise<Set<string>> {
    const rounds = Array.from({ length: HOW_MANY / ROUND }, (_, n) => wanted.slice(n * ROUND, (n + 1) * ROUND));
    const codes = new Set<string>();
    const next = rounds.values();
    const work = async (): Promise<void> => {
      for (const round of next) for (const { code } of await driver.settle(round)) codes.add(code);
    };
    await Promise.all(Array.from({ length: ROUNDS }, work));
    return codes;
  }

  it("are made with their quotas in less than a minute", async () => {
    expect(driver.state.directoryOf({ kind: "user", name: "person-1" })).toBeNull();
    const { seconds, result } = await timed("1,000 made", () => settleAll(people));
    expect(result).toEqual(new Set(["done"]));
    expect(seconds).toBeLessThan(60);
  });

  it("are counted, settled again and changed", async () => {
    const counted = await timed("usage of 1,000", async () => driver.usage?.());
    expect(counted.result?.size).toBe(HOW_MANY);
    expect(counted.result?.get("user/person-999")).toMatchObject({ quota: 10 * MIB });
    expect((await timed("1,000 left alone", () => settleAll(people))).result).toEqual(new Set(["done"]));
    const raised = people.map((one) => ({ ...one, quota: 20 * MIB }));
    expect((await timed("1,000 quotas changed", () => settleAll(raised))).result).toEqual(new Set(["done"]));
    const discarded = await timed("100 deleted", () =>
      Promise.all(people.slice(0, 100).map((one) => driver.discard(one, `gone-${one.project}`))),
    );
    expect(new Set(discarded.result.map(({ code }) => code))).toEqual(new Set(["done"]));
    expect(await driver.discarded()).toHaveLength(100);
    expect(await driver.list()).toHaveLength(HOW_MANY - 100);
  });
});
