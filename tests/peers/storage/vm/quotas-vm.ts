import type { PosixOptions } from "../../../../packages/server/src/storage/drivers/posix/context.ts";
import { createFolderGround } from "../../../../packages/server/src/storage/drivers/posix/testing-posix-ground.ts";
import type { Ground } from "../../../../packages/server/src/storage/drivers/testing-ground.ts";
import { createCommandHost } from "../../../../packages/server/src/storage/hosts/command-host.ts";
import { buildVm, type VmRecipe } from "./build-vm.ts";
import { startVm, type Vm } from "./run-vm.ts";

/** A file system with kernel quotas, on a disk of its own. */
export interface QuotaDisk {
  readonly name: string;
  readonly make: readonly [program: string, ...args: string[]];
  /** Mount options. */
  readonly options: string;
}

export const XFS: QuotaDisk = { name: "xfs", make: ["mkfs.xfs", "-q", "-f"], options: "prjquota" };
export const EXT4: QuotaDisk = {
  name: "ext4",
  make: ["mkfs.ext4", "-q", "-F", "-O", "quota,project", "-E", "quotatype=prjquota"],
  options: "prjquota",
};
export const EXT4_USERS: QuotaDisk = {
  name: "ext4-users",
  make: ["mkfs.ext4", "-q", "-F", "-O", "quota", "-E", "quotatype=usrquota"],
  options: "usrquota",
};
const DISKS = [XFS, EXT4, EXT4_USERS];
/** MiB: xfs takes no less than 300, and what a broken quota lets through has to fit. */
const SIZE = 600;

export interface QuotasVm {
  readonly vm: Vm;
  /** Where that disk is. */
  deviceOf(disk: QuotaDisk): string;
  /** An empty base of its own on that disk. */
  base(disk: QuotaDisk, options?: Partial<PosixOptions>): Promise<{ readonly base: string; readonly ground: Ground }>;
  close(): Promise<void>;
}

/** The machine in which kernels have quotas. */
export const QUOTAS_VM: VmRecipe = { name: "quotas", packages: ["quota", "xfsprogs", "e2fsprogs", "acl", "attr"] };

/** Boots it, with a disk of each kind. */
export async function startQuotasVm(): Promise<QuotasVm> {
  const image = await buildVm(QUOTAS_VM);
  const vm = await startVm(image, { disks: DISKS.map(() => SIZE) });
  const deviceOf = (disk: QuotaDisk) => `/dev/vd${String.fromCharCode("b".charCodeAt(0) + DISKS.indexOf(disk))}`;
  for (const disk of DISKS) {
    await vm.must(...disk.make, deviceOf(disk));
    await vm.must("mkdir", "-p", `/srv/${disk.name}`);
    await vm.must("mount", "-o", disk.options, deviceOf(disk), `/srv/${disk.name}`);
  }
  let bases = 0;
  return {
    vm,
    deviceOf,
    async base(disk, options = {}) {
      bases += 1;
      // A disk that isn't mounted has no quota to stop the tests.
      await vm.must("mountpoint", "-q", `/srv/${disk.name}`);
      const base = `/srv/${disk.name}/base${bases}`;
      await vm.must("mkdir", base);
      const openHost = () => createCommandHost({ backend: "posix", base, width: 8, run: vm.exec });
      return { base, ground: await createFolderGround({ base, openHost, run: vm.run, options }) };
    },
    async close() {
      await vm[Symbol.asyncDispose]();
    },
  };
}
