import type { FileHandle } from "node:fs/promises";

/** A trip to the disk costs more than a network's chunk is worth: they go in batches of this size, bytes. */
const BATCH = 1 << 20;

/** Appends to a file, one batch on its way while the next is gathered: at most two are held. */
export interface BatchedWriter extends AsyncDisposable {
  /** Waits while both batches are full. The chunk is the caller's own again. */
  add(chunk: Uint8Array): Promise<void>;
  flush(): Promise<void>;
}

/**
 * Closing it waits for the write on its way, so that the file may be closed after it; what failed is not told again.
 *
 * Chunks are copied into two buffers that are used again and again. Held as they are until they are written, they
 * outlive the young generation, and the collector then takes half of an upload's time.
 */
export function batchesTo(handle: FileHandle): BatchedWriter {
  let gathering = Buffer.allocUnsafeSlow(0);
  let spare = Buffer.allocUnsafeSlow(0);
  let filled = 0;
  let writing: Promise<void> = Promise.resolve();

  const send = async () => {
    await writing;
    writing = writeAll(handle, gathering.subarray(0, filled));
    // Told by the next `add` or `flush`; until then it must not count as unhandled.
    writing.catch(() => undefined);
    [gathering, spare] = [spare, gathering];
    filled = 0;
  };
  /** Room for what is coming: a small file gets a small buffer. */
  const grow = (bytes: number) => {
    if (gathering.byteLength >= Math.min(BATCH, filled + bytes)) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(BATCH, Math.max(filled + bytes, 2 * gathering.byteLength)));
    gathering.copy(larger, 0, 0, filled);
    gathering = larger;
  };
  return {
    async add(chunk) {
      for (let at = 0; at < chunk.byteLength; ) {
        const piece = chunk.subarray(at, at + BATCH - filled);
        grow(piece.byteLength);
        gathering.set(piece, filled);
        filled += piece.byteLength;
        at += piece.byteLength;
        if (filled === BATCH) await send();
      }
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
async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await handle.write(bytes, at)).bytesWritten;
}
