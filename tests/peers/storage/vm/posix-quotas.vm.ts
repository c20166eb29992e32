import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Capabilities, Wanted } from "../../../../packages/server/src/storage/drivers/contract.ts";
import { describeDriver } from "../../../../packages/server/src/storage/drivers/contract-suite.ts";
import type { PosixOptions } from "../../../../packages/server/src/storage/drivers/posix/context.ts";
import { createPosixDriver } from "../../../../packages/server/src/storage/drivers/posix/posix-driver.ts";
import { PLAIN } from "../../../../packages/server/src/storage/drivers/posix/testing-posix-ground.ts";
import type { Ground } from "../../../../packages/server/src/storage/drivers/testing-ground.ts";
import { createCommandHost } from "../../../../packages/server/src/storage/hosts/command-host.ts";
import { whyNoVm } from "./build-vm.ts";
import { EXT4, EXT4_USERS, type QuotaDisk, type QuotasVm, startQuotasVm, XFS } from "./quotas-vm.ts";

// Kernel quotas, where there is a kernel that has them: driven from here over SSH, in a machine of its own.

const why = whyNoVm();
const BUILDING = 1_800_000;
const MIB = 2 ** 20;

const PROJECT: Capabilities = {
  ...PLAIN,
  ...{ enforcedBy: "project", againstAccidentOnly: true, usageKind: "quota" },
};
const USER: Capabilities = {
  ...PLAIN,
  ...{ enforcedBy: "user", usageKind: "quota", trashOutsideQuota: false },
};

describe.skipIf(why !== null)(`kernel quotas${why === null ? "" : ` (${why})`}`, () => {
  let machine: QuotasVm;

  beforeAll(async () => {
    machine = await startQuotasVm();
  }, BUILDING);
  afterAll(async () => {
    await machine?.close();
  });

  const groundOn = async (disk: QuotaDisk, options?: Partial<PosixOptions>): Promise<Ground> =>
    (await machine.base(disk, options)).ground;
  // A crowd of fifty takes minutes there, and is tried on this machine.
  const both = { folders: true, asRoot: true, crowd: 10 };

  describeDriver("posix on xfs, by project", () => groundOn(XFS), {
    ...{ ...both, capabilities: { ...PROJECT, bindsRoot: true } },
  });
  describeDriver("posix on ext4, by project", () => groundOn(EXT4), { ...both, capabilities: PROJECT });
  describeDriver("posix on ext4, by uid", () => groundOn(EXT4_USERS, { ownership: "account", commonUid: 1500 }), {
    ...{ ...both, capabilities: USER },
  });

  describe("beside the contract", () => {
    let lastProject = 7000;

    /** One of project quotas, made, with the person whose it is. */
    async function made(ground: Ground, more: Partial<Wanted> = {}): Promise<Wanted> {
      lastProject += 1;
      const subject = { kind: "user", name: `only${lastProject}`, project: lastProject } as const;
      const wanted: Wanted = { ...subject, owner: ground.ownerOf(subject), quota: 8 * MIB, adopted: false, ...more };
      expect(await ground.driver.settle([wanted])).toMatchObject([{ code: "done" }]);
      return wanted;
    }
    const write = (ground: Ground, path: string, mib: number, as?: { readonly uid: number }) =>
      ground.run("dd", ["if=/dev/zero", `of=${path}`, "bs=64k", `count=${mib * 16}`, "conv=fsync"], as);

    it("names what a write over the quota is answered with: ENOSPC on xfs, EDQUOT on ext4", async () => {
      const [onXfs, onExt4] = [await groundOn(XFS), await groundOn(EXT4)];
      for (const [ground, words] of [
        [onXfs, "No space left on device"],
        [onExt4, "Disk quota exceeded"],
      ] as const) {
        const one = await made(ground);
        const said = await write(ground, `${ground.pathOf(one)}/big`, 12, one.owner);
        expect(said.err).toContain(words);
      }
    });

    it.each([XFS, EXT4])("finds on $name what its owner has moved out of the accounting", async (disk) => {
      const ground = await groundOn(disk);
      const one = await made(ground);
      await write(ground, `${ground.pathOf(one)}/file`, 1, one.owner);
      await ground.run("mkdir", [`${ground.pathOf(one)}/.hidden`], one.owner);
      // Why these quotas are against accidents only.
      const said = await ground.run("chattr", ["-p", "0", `${ground.pathOf(one)}/file`], one.owner);
      expect(said).toMatchObject({ code: 0 });
      await ground.run("chattr", ["-p", "0", `${ground.pathOf(one)}/.hidden`], one.owner);
      expect(await ground.driver.strays?.(one, AbortSignal.timeout(60_000))).toBe(2);
    });

    it("takes a tree over that its owner has filled with ways out, and nothing outside of it", async () => {
      const { base, ground } = await machine.base(EXT4);
      const outside = `${base.replace(/[^/]+$/, "outside")}`;
      await machine.vm.must("mkdir", "-p", `${outside}/below`);
      const one: Wanted = {
        ...{ kind: "user", name: "ways-out", project: 6999, quota: 8 * MIB, adopted: true },
        owner: { uid: 1500, gid: 1500 },
      };
      await ground.plant(one);
      const at = ground.pathOf(one);
      await machine.vm.must("mkdir", "-p", `${at}/a/b/c`, `${at}/new\nline`, `${at}/-p`);
      for (const [to, name] of [
        [outside, "out"],
        [`${outside}/below`, "a/out"],
        ["../..", "a/b/up"],
        ["/etc", "a/b/etc"],
      ] as const) {
        await machine.vm.must("ln", "-s", to, `${at}/${name}`);
      }
      await machine.vm.must("mkfifo", `${at}/fifo`);
      await machine.vm.must("touch", `${at}/a/b/c/file`, `${at}/-p/--help`);
      expect(await ground.driver.settle([one])).toMatchObject([{ code: "done" }]);
      expect(await ground.driver.strays?.(one, AbortSignal.timeout(60_000))).toBe(0);
      const others = await machine.vm.must("lsattr", "-dp", outside, `${outside}/below`, base, "/etc");
      expect(others.split("\n").filter((line) => /^ *6999 /.test(line))).toEqual([]);
      // What is made deep below from now on is counted as well.
      await machine.vm.must("touch", `${at}/a/b/c/later`);
      expect(await machine.vm.must("lsattr", "-p", `${at}/a/b/c/later`)).toMatch(/^ *6999 /);
    });

    it("refuses a base that hands its own project down: moving would copy", async () => {
      const { base, ground } = await machine.base(XFS);
      await machine.vm.must("chattr", "-p", "5", "+P", base);
      const state = await ground.driver.probe();
      expect(state).toMatchObject({ ok: false, problem: expect.stringContaining(`chattr -P -p 0 ${base}`) });
      await machine.vm.must("chattr", "-P", "-p", "0", base);
      expect(await ground.driver.probe()).toMatchObject({ ok: true });
    });

    it("takes no number for a person's that many have", async () => {
      const { ground } = await machine.base(EXT4_USERS, { ownership: "account", commonUid: 1500 });
      const common = { uid: 1500, gid: 1500 };
      const [one, other] = [await made(ground, { owner: common }), await made(ground)];
      expect(await write(ground, `${ground.pathOf(one)}/big`, 12, common)).toMatchObject({ code: 0 });
      expect((await write(ground, `${ground.pathOf(other)}/big`, 12, other.owner)).err).toContain("quota exceeded");
      expect(await ground.driver.look([one, other])).toMatchObject([
        { quota: null, used: null },
        { quota: 8 * MIB, used: expect.any(Number) },
      ]);
      expect([...((await ground.driver.usage?.()) ?? [])].map(([key]) => key)).toEqual([`user/${other.name}`]);
    });

    it("keeps no limit of what was purged", async () => {
      const ground = await groundOn(XFS);
      const one = await made(ground);
      await ground.driver.discard(one, "subject-1");
      expect(await ground.driver.purge("subject-1", one.project, AbortSignal.timeout(60_000))).toBe(true);
      const report = await machine.vm.must("repquota", "-P", "-n", "-v", "-O", "csv", "/srv/xfs");
      expect(report.split("\n").find((line) => line.startsWith(`#${one.project},`)) ?? ",,,0,0,0,").toMatch(
        /,0,0,0,[^,]*,0,0,0,|^,,,0,0,0,$/,
      );
    });

    it("lets nobody lift another's limit by giving their directory that number before it is purged", async () => {
      const ground = await groundOn(XFS);
      const [one, other] = [await made(ground), await made(ground)];
      await machine.vm.must("chattr", "-p", `${other.project}`, ground.pathOf(one));
      await ground.driver.discard(one, "subject-2");
      expect(await ground.driver.purge("subject-2", one.project, AbortSignal.timeout(60_000))).toBe(true);
      expect(await ground.driver.look([other])).toMatchObject([{ quota: 8 * MIB }]);
    });

    // The last: it leaves the disk without quotas.
    it("knows where the kernel counts and does not stop anybody, and a disk without quotas", async () => {
      const { vm, deviceOf } = machine;
      const { base, ground } = await machine.base(XFS);
      const remount = async (options: string) => {
        await vm.must("umount", "/srv/xfs");
        await vm.must("mount", "-o", options, deviceOf(XFS), "/srv/xfs");
      };
      await remount("pqnoenforce");
      const counting = await ground.driver.probe();
      expect(counting).toMatchObject({ ok: true, capabilities: { enforcedBy: null, usageKind: "apparent" } });
      expect(counting.about).toMatch(/mounted without project quotas\. Mount it with prjquota/);
      expect(ground.driver.usage).toBeNull();
      const strict = createPosixDriver({
        ...{ host: createCommandHost({ backend: "posix", base, width: 4, run: vm.exec }), base },
        ...{ enforcement: "project", ownership: "contract", log: pino({ level: "silent" }) },
      });
      expect(await strict.probe()).toMatchObject({
        ...{ ok: false, problem: expect.stringMatching(/STORAGE_ENFORCEMENT is project.*prjquota/) },
      });
      await remount("prjquota");
      expect(await strict.probe()).toMatchObject({ ok: true, capabilities: { enforcedBy: "project" } });
      expect((await ground.driver.probe()).capabilities.enforcedBy).toBe("project");
    });
  });
});
