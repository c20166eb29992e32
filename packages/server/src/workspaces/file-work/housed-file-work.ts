import type { FileWork } from "./contract.ts";
import type { Homes } from "./homes.ts";

/** File work that sees to it first that an account's folders are where they are to lie. */
export function housedFileWork(files: FileWork, homes: Pick<Homes, "house">): FileWork {
  return {
    asPerson: files.asPerson,
    async run(accountId, name, args, io) {
      await homes.house(accountId);
      return files.run(accountId, name, args, io);
    },
    async open(accountId, name, args, io) {
      await homes.house(accountId);
      return files.open(accountId, name, args, io);
    },
    stop: () => files.stop(),
  };
}
