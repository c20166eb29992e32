import type { FileWork, WorkOptions } from "./contract.ts";
import type { Homes, Pass } from "./homes.ts";

/** File work that sees to it first that an account's folders are where they are to lie, and stay there meanwhile. */
export function housedFileWork(files: FileWork, homes: Pick<Homes, "enter">): FileWork {
  return {
    asPerson: files.asPerson,
    hold: (accountId) => homes.enter(accountId),
    async run(accountId, name, args, io) {
      const pass = await homes.enter(accountId);
      try {
        return await files.run(accountId, name, args, until(pass, io));
      } finally {
        pass.release();
      }
    },
    async open(accountId, name, args, io) {
      const pass = await homes.enter(accountId);
      try {
        const { head, bytes } = await files.open(accountId, name, args, until(pass, io));
        return { head, bytes: releasing(bytes, pass) };
      } catch (error) {
        pass.release();
        throw error;
      }
    },
    stop: () => files.stop(),
  };
}

function until({ signal }: Pass, io: WorkOptions | undefined): WorkOptions | undefined {
  if (signal === null) return io;
  return { ...io, signal: io?.signal === undefined ? signal : AbortSignal.any([io.signal, signal]) };
}

type Bytes = AsyncIterable<Uint8Array> & AsyncDisposable;

/** The same bytes; once they have ended, in whichever way, the work has. */
function releasing(bytes: Bytes, pass: Pass): Bytes {
  if (pass.signal === null) return bytes;
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* bytes;
      } finally {
        pass.release();
      }
    },
    async [Symbol.asyncDispose]() {
      try {
        await bytes[Symbol.asyncDispose]();
      } finally {
        pass.release();
      }
    },
  };
}
