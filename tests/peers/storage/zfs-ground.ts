import { pino } from "pino";
import type { Expected, Ground, Said } from "../../../packages/server/src/storage/drivers/testing-ground.ts";
import { datasetOf, datasetParts } from "../../../packages/server/src/storage/drivers/zfs/dataset-names.ts";
import { createZfsDriver } from "../../../packages/server/src/storage/drivers/zfs/zfs-driver.ts";
import type { StorageHost } from "../../../packages/server/src/storage/hosts/contract.ts";
import { runCommand } from "../../../packages/server/src/storage/hosts/run-command.ts";

export const MIB = 2 ** 20;
export const log = pino({ level: "silent" });

/** What holds of every ZFS. */
export const EXPECTED_OF_ZFS: Expected = {
  capabilities: {
    enforcedBy: "dataset",
    againstAccidentOnly: false,
    bindsRoot: true,
    snapshots: true,
    trashOutsideQuota: true,
    usageKind: "quota",
    refusesBelowUsed: true,
  },
  folders: false,
  asRoot: true,
};

export interface ZfsGroundOptions {
  /** The base dataset, which is there, and where it is mounted. */
  readonly base: string;
  readonly mount: string;
  openHost(): StorageHost;
  /** Runs a program where ZFS is, as root. */
  exec(program: string, args: readonly string[]): Promise<Said>;
  close(): Promise<void>;
}

/** A base dataset for the contract suite. */
export async function zfsGround({ base, mount, openHost, exec, close }: ZfsGroundOptions): Promise<Ground> {
  const open: Ground["open"] = async (wrap = (host) => host) => {
    const driver = createZfsDriver({ host: wrap(openHost()), base, log });
    await driver.probe();
    return driver;
  };
  const driver = await open();
  const pathOf: Ground["pathOf"] = (place) => [mount, ...datasetParts(place)].join("/");

  async function must(program: string, args: readonly string[]): Promise<void> {
    const { code, err } = await exec(program, args);
    if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${code} ${err}`);
  }

  return {
    driver,
    open,
    run: (program, args, as) =>
      as === undefined
        ? exec(program, args)
        : exec("setpriv", [`--reuid=${as.uid}`, "--regid=65534", "--clear-groups", "--", program, ...args]),
    pathOf,
    ownerOf: () => ({ uid: 12_345, gid: 12_346 }),
    async plant(subject) {
      await must("zfs", ["create", "-p", datasetOf(subject, base)]);
      await must("chown", ["12345:12346", pathOf(subject)]);
    },
    async [Symbol.asyncDispose]() {
      await driver.close();
      await close();
    },
  };
}

/** Runs programs on this machine, as commands of storage are run. */
export async function execHere(program: string, args: readonly string[]): Promise<Said> {
  return runCommand({ program, args }, { time: 60_000, signal: undefined });
}
