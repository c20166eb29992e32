import { inTime } from "../../platform/errors/in-time.ts";
import type { FileWork } from "../file-work/contract.ts";

const PATIENCE_MS = 15_000;
const WHAT = "The snapshot";

/** File work that nobody waits long for: a pool that has lost its disks answers a look at its snapshots never. */
export function timelyFiles(files: FileWork, ms: number = PATIENCE_MS): FileWork {
  return {
    ...files,
    run(accountId, name, args, io) {
      return inTime(files.run(accountId, name, args, io), ms, WHAT);
    },
    async open(accountId, name, args, io) {
      const opening = files.open(accountId, name, args, io);
      try {
        return await inTime(opening, ms, WHAT);
      } catch (error) {
        // Should it open yet, nobody reads it.
        opening.then(({ bytes }) => bytes[Symbol.asyncDispose]()).catch(() => undefined);
        throw error;
      }
    },
  };
}
