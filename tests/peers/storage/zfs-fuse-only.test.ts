import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StorageDriver, Wanted } from "../../../packages/server/src/storage/drivers/contract.ts";
import { createZfsDriver } from "../../../packages/server/src/storage/drivers/zfs/zfs-driver.ts";
import { createLocalHost } from "../../../packages/server/src/storage/hosts/local-host.ts";
import { hasZfsFuse, startZfsFuse, type ZfsFuse } from "./zfs-fuse.ts";
import { log, MIB } from "./zfs-ground.ts";

/** `EDQUOT`: Node has no name for it. */
const OVER_QUOTA = 122;
const UNENDING = () => AbortSignal.timeout(60_000);

/** What only ZFS does, on zfs-fuse: beside the contract, which `zfs-fuse.test.ts` holds it to. */
describe.skipIf(!hasZfsFuse())("zfs on zfs-fuse, beside the contract", () => {
  let fuse: ZfsFuse;
  let base: string;
  let mount: string;
  let driver: StorageDriver;
  let last = 0;

  beforeAll(async () => {
    fuse = await startZfsFuse({ disks: 2 });
    base = `${fuse.pool}/home`;
    mount = join(fuse.directory, "home");
    await fuse.zfs("create", "-o", `mountpoint=${mount}`, base);
    driver = open(base);
    await driver.probe();
  });
  afterAll(async () => {
    await driver?.close();
    await fuse?.[Symbol.asyncDispose]();
  });

  const open = (dataset: string) =>
    createZfsDriver({ host: createLocalHost({ backend: "zfs", base: dataset, log }), base: dataset, log });

  function wanted(more: Partial<Wanted> = {}): Wanted {
    last += 1;
    const one = { kind: "user", name: `z${last}`, project: last, quota: 0, adopted: false } as const;
    return { ...one, owner: { uid: 12_345, gid: 12_346 }, ...more };
  }

  async function made(more: Partial<Wanted> = {}): Promise<Wanted> {
    const one = wanted(more);
    expect(await driver.settle([one])).toMatchObject([{ code: "done" }]);
    return one;
  }

  /** What was written is counted once its transaction group is on the disk, up to 30 s later: any change hurries it. */
  async function usedBy(one: Wanted): Promise<number> {
    await fuse.zfs("set", `stoa:hurry=${Date.now()}`, base);
    return (await driver.look([one]))[0]?.used ?? 0;
  }

  const get = async (name: string, property: string) =>
    (await fuse.zfs("get", "-Hp", "-o", "value", property, `${base}/${name}`)).trim();

  it("takes over a refquota where there is no quota, changes it, and takes it away", async () => {
    await fuse.zfs("create", "-o", `refquota=${8 * MIB}`, `${base}/given`);
    const one = wanted({ name: "given", adopted: true, quota: 9 * MIB });
    expect(await driver.look([one])).toMatchObject([{ name: "given", quota: 8 * MIB }]);
    expect((await driver.usage?.())?.get("user/given")).toMatchObject({ quota: 8 * MIB });
    expect(await driver.settle([one])).toMatchObject([{ code: "done" }]);
    expect([await get("given", "refquota"), await get("given", "quota")]).toEqual([`${9 * MIB}`, "0"]);
    expect(await driver.settle([{ ...one, quota: 0 }])).toMatchObject([{ code: "done" }]);
    expect(await get("given", "refquota")).toBe("0");
  });

  it("counts snapshots, as the quota does", async () => {
    const one = await made({ quota: 8 * MIB });
    await writeFile(join(mount, one.name, "file"), Buffer.alloc(3 * MIB, 1));
    expect(await driver.snapshots?.take([one], "s1")).toMatchObject([{ code: "done" }]);
    await rm(join(mount, one.name, "file"));
    const used = () => usedBy(one);
    await expect.poll(used, { timeout: 20_000 }).toBeGreaterThan(3 * MIB);
    await expect.poll(async () => (await snapshotsOf(one))[0]?.used, { timeout: 20_000 }).toBeGreaterThan(3 * MIB);
    expect(await driver.snapshots?.remove(one, "s1")).toMatchObject({ code: "done" });
    await expect.poll(used, { timeout: 20_000 }).toBeLessThan(MIB);
  });

  const snapshotsOf = async ({ kind, name }: Wanted) =>
    ((await driver.snapshots?.list()) ?? []).filter((one) => one.kind === kind && one.name === name);

  it("takes snapshots of people and groups, lists them in order, and takes them to the trash and back", async () => {
    const [one, group] = [await made(), await made({ kind: "group" })];
    const take = async (name: string) => driver.snapshots?.take([one, group, wanted()], name);
    expect(await take("first")).toMatchObject([{ code: "done" }, { code: "done" }, { code: "missing" }]);
    expect(await take("first")).toMatchObject([{ code: "done" }, { code: "done" }, { code: "missing" }]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await take("stoa-daily:2");
    expect((await snapshotsOf(one)).map(({ snapshot }) => snapshot)).toEqual(["first", "stoa-daily:2"]);
    expect((await snapshotsOf(group)).map(({ snapshot }) => snapshot)).toEqual(["first", "stoa-daily:2"]);
    // Who asks for one of them is told the same, and nothing of what lies in it.
    await fuse.zfs("create", `${base}/${one.name}/inner`);
    await fuse.zfs("snapshot", `${base}/${one.name}/inner@inner`);
    expect(await driver.snapshots?.of(one)).toEqual(await snapshotsOf(one));
    expect(await driver.snapshots?.of(group)).toEqual(await snapshotsOf(group));
    expect(await driver.snapshots?.of(wanted())).toEqual([]);
    const [first] = await snapshotsOf(one);
    expect(Math.abs(Date.now() - (first?.createdAt.getTime() ?? 0))).toBeLessThan(60_000);
    expect(await driver.discard(one, "snap-1")).toMatchObject({ code: "done" });
    expect(await snapshotsOf(one)).toEqual([]);
    expect(await driver.restore("snap-1", one)).toMatchObject({ code: "done" });
    expect((await snapshotsOf(one)).map(({ snapshot }) => snapshot)).toEqual(["first", "stoa-daily:2"]);
    expect(await driver.snapshots?.remove(one, "first")).toMatchObject({ code: "done" });
    expect(await driver.snapshots?.remove(one, "first")).toMatchObject({ code: "done" });
    expect((await snapshotsOf(one)).map(({ snapshot }) => snapshot)).toEqual(["stoa-daily:2"]);
    expect(await driver.discard(one, "snap-2")).toMatchObject({ code: "done" });
    expect(await driver.purge("snap-2", one.project, UNENDING())).toBe(true);
    // zfs-fuse has no .zfs to look into.
    expect(driver.snapshots?.directoryOf(group, "first")).toBeNull();
  });

  it("leaves out what people have within their own, and moves it with them", async () => {
    await fuse.zfs("create", "-p", `${base}/parent/child`);
    await writeFile(join(mount, "parent/child/file"), "x");
    const names = (await driver.list()).map(({ name }) => name);
    expect(names).toContain("parent");
    expect(names).not.toContain("child");
    const parent = wanted({ name: "parent" });
    expect(await driver.discard(parent, "parent-1")).toMatchObject({ code: "done" });
    expect(await driver.restore("parent-1", parent)).toMatchObject({ code: "done" });
    expect(await fuse.zfs("list", "-H", "-o", "name", `${base}/parent/child`)).toContain("child");
  });

  it("hides no files below a new dataset", async () => {
    const one = wanted();
    await mkdir(join(mount, one.name));
    await writeFile(join(mount, one.name, "precious"), "");
    const [outcome] = await driver.settle([one]);
    expect(outcome).toMatchObject({ code: "exists", problem: expect.stringContaining(join(mount, one.name)) });
    await rm(join(mount, one.name, "precious"));
    expect(await driver.settle([one])).toMatchObject([{ code: "done" }]);
  });

  it("says what is busy, leaves it as it was, and goes on once it isn't", async () => {
    const one = await made();
    await writeFile(join(mount, one.name, "file"), "x");
    const program = spawn("sleep", ["600"], { cwd: join(mount, one.name), stdio: "ignore" });
    try {
      expect(await driver.discard(one, "busy-1")).toMatchObject({
        code: "busy",
        problem: expect.stringMatching(/.../),
      });
      expect((await stat(join(mount, one.name, "file"))).size).toBe(1);
      expect(await driver.discarded()).not.toContain("busy-1");
    } finally {
      program.kill("SIGKILL");
      await new Promise((resolve) => program.once("exit", resolve));
    }
    expect(await driver.discard(one, "busy-1")).toMatchObject({ code: "done" });
  });

  it("answers EDQUOT, and lets people delete what fills their quota", async () => {
    const one = await made({ quota: 4 * MIB });
    const file = join(mount, one.name, "big");
    expect(() => writeFileSync(file, Buffer.alloc(16 * MIB, 1))).toThrow(
      expect.objectContaining({ errno: -OVER_QUOTA }),
    );
    const used = () => usedBy(one);
    await expect.poll(used, { timeout: 20_000 }).toBeGreaterThan(3 * MIB);
    await rm(file);
    await expect.poll(used, { timeout: 20_000 }).toBeLessThan(MIB);
  });

  it("refuses a quota in which nothing fits, and a name that is too long, each with a reason", async () => {
    const [small, long] = [wanted({ quota: 1000 }), wanted({ name: "é".repeat(90) })];
    const outcomes = await driver.settle([small, long]);
    expect(outcomes).toMatchObject([
      { code: "below_used", problem: expect.stringContaining("1000") },
      { code: "failed", problem: expect.stringContaining("255") },
    ]);
    expect(await driver.look([small, long])).toEqual([]);
  });

  it("tells figures when a quota would be below what is used", async () => {
    const one = await made({ quota: 16 * MIB });
    await writeFile(join(mount, one.name, "file"), Buffer.alloc(3 * MIB, 1));
    await expect.poll(() => usedBy(one), { timeout: 20_000 }).toBeGreaterThan(3 * MIB);
    const [outcome] = await driver.settle([{ ...one, quota: MIB }]);
    expect(outcome).toMatchObject({ code: "below_used" });
    expect(outcome?.problem).toMatch(/1048576 bytes while 3\d{6} bytes are used.*16777216/);
  });

  it("mounts what isn't mounted, and makes no folder in its place", async () => {
    const one = await made();
    await writeFile(join(mount, one.name, "file"), "x");
    await fuse.zfs("unmount", `${base}/${one.name}`);
    expect(await driver.settle([one])).toMatchObject([{ code: "done" }]);
    expect((await stat(join(mount, one.name, "file"))).size).toBe(1);
    expect((await stat(join(mount, one.name))).uid).toBe(12_345);
  });

  it("tells where directories are on this machine, and what is wrong with the base or the pool", async () => {
    expect(await driver.probe()).toMatchObject({ ok: true, problem: "", about: expect.stringMatching(/^zfs-fuse, /) });
    expect(driver.state.directoryOf({ kind: "group", name: "josé" })).toBe(`${mount}/groups/jos:c3a9`);
    for (const [dataset, problem] of [
      [`${fuse.pool}/nowhere`, /zfs create/],
      ["nopool/home", /zpool import/],
    ] as const) {
      const other = open(dataset);
      expect(await other.probe()).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
      await other.close();
    }
    await fuse.zpool("offline", fuse.pool, join(fuse.directory, "disk1"));
    expect(await driver.probe()).toMatchObject({ ok: true, problem: expect.stringContaining("DEGRADED") });
    expect(await made()).toBeDefined();
    await fuse.zpool("online", fuse.pool, join(fuse.directory, "disk1"));
    await expect.poll(async () => (await driver.probe()).problem, { timeout: 20_000 }).toBe("");
  });
});
