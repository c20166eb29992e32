import { describe } from "vitest";
import { describeDriver } from "../../../packages/server/src/storage/drivers/contract-suite.ts";
import { createLocalHost } from "../../../packages/server/src/storage/hosts/local-host.ts";
import { hasZfsFuse, startZfsFuse } from "./zfs-fuse.ts";
import { EXPECTED_OF_ZFS, execHere, log, zfsGround } from "./zfs-ground.ts";

/** The contract, on zfs-fuse 0.7: ZFS as it was in 2010. */
describe.skipIf(!hasZfsFuse())("zfs on zfs-fuse", () => {
  describeDriver(
    "zfs on zfs-fuse",
    async () => {
      const fuse = await startZfsFuse();
      const base = `${fuse.pool}/home`;
      const mount = `${fuse.directory}/home`;
      await fuse.zfs("create", "-o", `mountpoint=${mount}`, base);
      return zfsGround({
        base,
        mount,
        openHost: () => createLocalHost({ backend: "zfs", base, log }),
        exec: execHere,
        close: async () => fuse[Symbol.asyncDispose](),
      });
    },
    EXPECTED_OF_ZFS,
  );
});
