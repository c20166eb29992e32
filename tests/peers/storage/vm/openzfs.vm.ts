import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BackEndAway,
  type StorageDriver,
  type Wanted,
} from "../../../../packages/server/src/storage/drivers/contract.ts";
import { describeDriver } from "../../../../packages/server/src/storage/drivers/contract-suite.ts";
import { createZfsDriver } from "../../../../packages/server/src/storage/drivers/zfs/zfs-driver.ts";
import { createSshHost } from "../../../../packages/server/src/storage/hosts/ssh-host.ts";
import { EXPECTED_OF_ZFS, log, MIB, zfsGround } from "../zfs-ground.ts";
import { buildVm, type VmImage, whyNoVm } from "./build-vm.ts";
import { startVm, type Vm } from "./run-vm.ts";
import { OPENZFS } from "./zfs-modules.ts";

const BASE = "stoa/home";
const MOUNT = "/srv/home";
const why = whyNoVm();

/** On the OpenZFS that people run, over SSH, in a machine of its own. */
describe.skipIf(why !== null)(`zfs on OpenZFS over SSH${why === null ? "" : `: ${why}`}`, () => {
  let image: VmImage;
  let vm: Vm;

  beforeAll(async () => {
    image = await buildVm(OPENZFS);
  });
  beforeAll(async () => {
    vm = await startVm(image, { disks: [1024, 256], memoryMib: 2048 });
    await vm.must("modprobe", "zfs");
    await vm.must("zpool", "create", "-m", "none", "stoa", await partition("/dev/vdb", 1024));
    await vm.must("zfs", "create", "-o", `mountpoint=${MOUNT}`, BASE);
  });
  afterAll(async () => {
    await vm?.[Symbol.asyncDispose]();
  });

  /** To a whole disk ZFS gives partitions of its own, and waits for udev, which isn't there, to see them. */
  async function partition(disk: string, mib: number): Promise<string> {
    await vm.must("addpart", disk, "1", "2048", `${mib * 2048 - 4096}`);
    return `${disk}1`;
  }

  const openHost = (base: string) => createSshHost({ ...vm.ssh, backend: "zfs", base, log });

  describeDriver(
    "zfs on OpenZFS over SSH",
    () =>
      zfsGround({
        base: BASE,
        mount: MOUNT,
        openHost: () => openHost(BASE),
        exec: (program, args) => vm.run(program, args),
        close: async () => undefined,
      }),
    { ...EXPECTED_OF_ZFS, quota: { bytes: 2 * MIB, tooMuch: 4 * MIB } },
  );

  describe("beside the contract", () => {
    let driver: StorageDriver;
    let last = 0;

    beforeAll(async () => {
      driver = createZfsDriver({ host: openHost(BASE), base: BASE, log });
    });
    afterAll(async () => {
      await driver?.close();
    });

    async function made(more: Partial<Wanted> = {}): Promise<Wanted> {
      last += 1;
      const one = { kind: "user", name: `only${last}`, project: last, quota: 0, adopted: false } as const;
      const wanted = { ...one, owner: { uid: 12_345, gid: 12_346 }, ...more };
      expect(await driver.settle([wanted])).toMatchObject([{ code: "done" }]);
      return wanted;
    }

    it("is told by its release; nothing of it is on this machine", async () => {
      const state = await driver.probe();
      expect(state).toMatchObject({
        ok: true,
        problem: "",
        about: expect.stringMatching(/^zfs-2\.\d.*at \/srv\/home$/),
      });
      expect(state.directoryOf({ kind: "user", name: "ada" })).toBeNull();
      expect(driver.snapshots?.directoryOf({ kind: "user", name: "ada", project: 1 }, "s1")).toBeNull();
    });

    it("leaves out volumes", async () => {
      await vm.must("zfs", "create", "-s", "-V", "8M", `${BASE}/volume`);
      const volume: Wanted = { ...(await made()), name: "volume" };
      expect((await driver.list()).map(({ name }) => name)).not.toContain("volume");
      expect(await driver.look([volume])).toEqual([]);
      expect(await driver.settle([volume])).toMatchObject([{ code: "not_a_directory" }]);
      expect(await driver.discard(volume, "volume-1")).toMatchObject({ code: "not_a_directory" });
    });

    it("takes what people have within their own to the trash and back, mounted", async () => {
      const one = await made();
      await vm.must("zfs", "create", `${BASE}/${one.name}/child`);
      await vm.must("touch", `${MOUNT}/${one.name}/child/file`);
      expect(await driver.discard(one, "nested-1")).toMatchObject({ code: "done" });
      expect((await vm.must("ls", MOUNT)).split("\n")).not.toContain(one.name);
      expect(await driver.restore("nested-1", one)).toMatchObject({ code: "done" });
      expect((await vm.must("ls", `${MOUNT}/${one.name}/child`)).trim()).toBe("file");
    });

    it("says what is busy, and leaves it as it was", async () => {
      const one = await made();
      await vm.must("touch", `${MOUNT}/${one.name}/file`);
      await vm.must(
        "sh",
        "-c",
        `cd ${MOUNT}/${one.name}; setsid sleep 60 >/dev/null 2>&1 </dev/null & echo $! > /run/pid`,
      );
      expect(await driver.discard(one, "busy-1")).toMatchObject({ code: "busy" });
      expect((await vm.must("ls", `${MOUNT}/${one.name}`)).trim()).toBe("file");
      await vm.must("pkill", "-x", "sleep");
      expect(await driver.discard(one, "busy-1")).toMatchObject({ code: "done" });
    });

    it("takes snapshots, which can be looked into where they are", async () => {
      const one = await made();
      await vm.must("sh", "-c", `echo old > ${MOUNT}/${one.name}/file`);
      expect(await driver.snapshots?.take([one], "s1")).toMatchObject([{ code: "done" }]);
      await vm.must("rm", `${MOUNT}/${one.name}/file`);
      expect(await vm.must("cat", `${MOUNT}/${one.name}/.zfs/snapshot/s1/file`)).toBe("old\n");
      const own = ((await driver.snapshots?.list()) ?? []).filter(({ name }) => name === one.name);
      expect(own).toMatchObject([{ kind: "user", snapshot: "s1" }]);
      expect(await driver.discard(one, "snap-1")).toMatchObject({ code: "done" });
      expect(await driver.purge("snap-1", one.project, AbortSignal.timeout(60_000))).toBe(true);
    });

    it("lets people delete what fills their quota", async () => {
      const one = await made({ quota: 2 * MIB });
      const file = `${MOUNT}/${one.name}/big`;
      const said = await vm.run("dd", ["if=/dev/zero", `of=${file}`, "bs=64k", "count=64", "conv=fsync"]);
      expect(said.err).toMatch(/quota exceeded/i);
      await vm.must("rm", file);
      await expect
        .poll(async () => (await driver.look([one]))[0]?.used, { timeout: 60_000, interval: 1000 })
        .toBeLessThan(MIB);
    });

    it("knows a pool that has lost its disk, and asks nothing of it", async () => {
      await vm.must("zpool", "create", "-m", "none", "lost", await partition("/dev/vdc", 256));
      await vm.must("zfs", "create", "lost/home");
      const other = createZfsDriver({ host: openHost("lost/home"), base: "lost/home", log });
      expect(await other.probe()).toMatchObject({ ok: true, problem: "" });
      await vm.must("sh", "-c", "echo 1 > $(readlink -f /sys/block/vdc/device)/../remove");
      // Something has to be written, and the disk to be looked for; both may wait for ever.
      for (const line of ["zfs create lost/home/x", "zpool reopen lost"]) {
        await vm.must("sh", "-c", `setsid ${line} >/dev/null 2>&1 </dev/null & sleep 3`);
      }
      await expect
        .poll(async () => (await other.probe()).problem, { timeout: 120_000, interval: 1000 })
        .toMatch(/SUSPENDED/);
      expect(other.state.ok).toBe(false);
      const before = performance.now();
      await expect(other.list()).rejects.toThrow(BackEndAway);
      expect(performance.now() - before).toBeLessThan(1000);
      await other.close();
    });
  });
});
