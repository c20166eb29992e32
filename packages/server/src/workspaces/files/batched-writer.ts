import type { FileHandle } from "node:fs/promises";

/** A trip to the disk costs more than a network's chunk is worth: they go in batches of this size, bytes. */
const BATCH = 1 << 20;

/** Appends to a file, one batch on its way while the next is gathered: at most two are held. */
export interface BatchedWriter extends AsyncDisposable {
  /** Waits while both batches are full. The chunk must not be changed afterwards. */
  add(chunk: Uint8Array): Promise<void>;
  flush(): Promise<void>;
}

/** Closing it waits for the write on its way, so that the file may be closed after it; what failed is not told again. */
export function batchesTo(handle: FileHandle): BatchedWriter {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  let writing: Promise<void> = Promise.resolve();

  const send = async () => {
    await writing;
    writing = writeAll(handle, gathered, bytes);
    // Told by the next `add` or `flush`; until then it must not count as unhandled.
    writing.catch(() => undefined);
    gathered = [];
    bytes = 0;
  };
  return {
    async add(chunk) {
      gathered.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= BATCH) await send();
    },
    async flush() {
      await send();
      await writing;
    },
    async [Symbol.asyncDispose]() {
      await writing.catch(() => undefined);
    },
  };
}

/** A write to a nearly full disk may take only a part, and fail at the rest. */
async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[], bytes: number): Promise<void> {
  if (bytes === 0) return;
  const { bytesWritten } = await handle.writev([...chunks]);
  if (bytesWritten === bytes) return;
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  for (let offset = 0; offset < rest.byteLength; ) offset += (await handle.write(rest, offset)).bytesWritten;
}
