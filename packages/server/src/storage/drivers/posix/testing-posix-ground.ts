import { pino } from "pino";
import { partsOf } from "../../hosts/command.ts";
import type { Owner, StorageHost } from "../../hosts/contract.ts";
import type { Capabilities, StorageDriver, Subject } from "../contract.ts";
import type { Ground, Said } from "../testing-ground.ts";
import type { PosixOptions } from "./context.ts";
import { createPosixDriver } from "./posix-driver.ts";

export interface FolderBase {
  /** An empty directory, absolute. */
  readonly base: string;
  readonly openHost: () => StorageHost;
  readonly run: (program: string, args: readonly string[], as?: { readonly uid: number }) => Promise<Said>;
  readonly options?: Partial<Pick<PosixOptions, "enforcement" | "ownership" | "commonUid">>;
  /** Left out: nothing is left to do. */
  readonly remove?: () => Promise<void>;
}

/** Every kind of posix ground: on this machine, with other rights, elsewhere. */
export async function createFolderGround({ base, openHost, run, options, remove }: FolderBase): Promise<Ground> {
  const opened: StorageDriver[] = [];
  const open: Ground["open"] = async (wrap = (host) => host) => {
    const log = pino({ level: "silent" });
    const driver = createPosixDriver({
      ...{ host: wrap(openHost()), base, log, enforcement: "auto", ownership: "contract" },
      ...options,
    });
    opened.push(driver);
    await driver.probe();
    return driver;
  };
  const pathOf: Ground["pathOf"] = (place) => [base, ...partsOf(place)].join("/");
  const ownerOf = ({ project }: Subject): Owner =>
    // Of a uid that nobody else has, where that is what counts.
    options?.ownership === "account" ? { uid: 100_000 + (project % 900_000), gid: 1500 } : { uid: 1500, gid: 1500 };
  return {
    driver: await open(),
    open,
    run,
    pathOf,
    ownerOf,
    async plant(subject) {
      const { uid, gid } = ownerOf(subject);
      await run("mkdir", ["-p", "--", pathOf(subject)]);
      await run("chown", [`${uid}:${gid}`, pathOf(subject)]);
    },
    async [Symbol.asyncDispose]() {
      for (const driver of opened) await driver.close();
      await remove?.();
    },
  };
}

/** What a plain file system can; others say what they can besides. */
export const PLAIN: Capabilities = {
  enforcedBy: null,
  againstAccidentOnly: false,
  bindsRoot: false,
  snapshots: false,
  trashOutsideQuota: true,
  usageKind: "apparent",
  refusesBelowUsed: false,
};
