import type { Directories } from "../files/directories.ts";
import { callCommand, callStream, ioOf } from "./call.ts";
import type { FileWork } from "./contract.ts";
import { createPersonFolders } from "./person-folders.ts";

export interface InProcessOptions {
  readonly directories: Directories;
  /** Where links may lead, absolute. */
  readonly symlinkRoots: readonly string[];
  /** Where somebody's links may lead besides; left out: nowhere. */
  readonly sharedRoots?: (accountId: number) => Promise<readonly string[]>;
}

/** File work in this very process, under its own account: what there is when the server is not root. */
export function createInProcessFileWork(options: InProcessOptions): FileWork {
  const { directories, symlinkRoots, sharedRoots = async () => [] } = options;
  const foldersOf = async (accountId: number) =>
    createPersonFolders({
      accountId,
      stagingMark: directories.stagingMark,
      symlinkRoots: [...symlinkRoots, ...(await sharedRoots(accountId))],
      account: () => directories.openAccount(accountId),
      trash: () => directories.openTrash(accountId),
      snapshot: (name) => directories.openSnapshot(accountId, name),
      aside: (kind) => directories.openAside(accountId, kind),
    });
  return {
    asPerson: false,
    // The types of a name's arguments and answer are the contract's; what is found by name has lost them.
    run: async (accountId, name, args, io) =>
      (await callCommand(await foldersOf(accountId), name, args, ioOf(io))) as never,
    open: async (accountId, name, args, io) =>
      (await callStream(await foldersOf(accountId), name, args, ioOf(io))) as never,
    stop: async () => undefined,
  };
}
