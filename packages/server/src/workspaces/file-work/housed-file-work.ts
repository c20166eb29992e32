import type { FileWork } from "./contract.ts";

/** Sees that an account's folders are where they are to lie, before they are opened. @throws StoaError unavailable */
export type House = (accountId: number) => Promise<void>;

/** File work that begins by it: whatever is made for an account is made there. */
export function housedFileWork(files: FileWork, house: House): FileWork {
  return {
    asPerson: files.asPerson,
    async run(accountId, name, args, io) {
      await house(accountId);
      return files.run(accountId, name, args, io);
    },
    async open(accountId, name, args, io) {
      await house(accountId);
      return files.open(accountId, name, args, io);
    },
    stop: () => files.stop(),
  };
}
