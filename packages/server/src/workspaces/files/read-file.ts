import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { PassThrough, pipeline, type Readable, Transform } from "node:stream";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { fileError, tellingOf } from "./file-errors.ts";
import { last } from "./place-files.ts";
import type { ByteRange } from "./read-range.ts";

/** A regular file held open; whoever gets it closes it, or reads its stream to the end. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
  /** Changes with the contents: inode, size and time of the last change. */
  readonly etag: string;
}

/**
 * Opens a file for reading. A FIFO or device in its place is refused without waiting for it.
 * @throws StoaError not_found, conflict (a folder, a link, not a regular file, permissions)
 */
export async function openFile(root: OpenFolder, parts: readonly string[]): Promise<OpenedFile> {
  const path = parts.join("/") || "/";
  await using folder = await walk(root, parts.slice(0, -1));
  const handle = await tellingOf(path, () => folder.file(last(parts) || "."));
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw fileError(refusal(stats.isDirectory() ? "EISDIR" : "ENXIO"), path);
    const etag = `"${stats.ino.toString(36)}-${stats.size.toString(36)}-${Math.round(stats.mtimeMs * 1000).toString(36)}"`;
    return { handle, stats, etag };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The bytes of a range, exactly as many: a file that shrinks meanwhile breaks the stream instead of leaving
 * the reader waiting for a promised length. Closes the file at the end, also when nobody reads on.
 */
export function streamOf(file: OpenedFile, range: ByteRange): Readable {
  if (range.end < range.start) {
    void file.handle.close();
    return new PassThrough().end();
  }
  const bytes = file.handle.createReadStream({ start: range.start, end: range.end, highWaterMark: 256 * 1024 });
  return pipeline(bytes, exactly(range.end - range.start + 1), () => undefined);
}

function exactly(length: number): Transform {
  let left = length;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.byteLength;
      done(null, chunk);
    },
    flush: (done) =>
      done(left === 0 ? null : new Error(`the file shrank while it was read: ${left} bytes are missing`)),
  });
}

function refusal(code: string): Error {
  return Object.assign(new Error(code), { code });
}
