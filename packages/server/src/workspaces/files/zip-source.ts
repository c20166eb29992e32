import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { inflateRawSync } from "node:zlib";
import { type Entry, RandomAccessReader } from "yauzl";

/** Bytes read ahead: entries of an archive lie one after another, and so do the records of its directory. */
const WINDOW = 256 * 1024;
const LOCAL_HEADER = 30;
const STORED = 0;

/** A file read in places near one another. */
export class NearReads {
  readonly #handle: FileHandle;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** A view of that many bytes, or of fewer at the end of the file; good until the next read. */
  async read(position: number, length: number): Promise<Buffer> {
    const from = position - this.#start;
    if (from < 0 || from + length > this.#window.byteLength) {
      const window = Buffer.allocUnsafeSlow(Math.max(WINDOW, length));
      let filled = 0;
      while (filled < window.byteLength) {
        const { bytesRead } = await this.#handle.read(window, filled, window.byteLength - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      this.#window = window.subarray(0, filled);
      this.#start = position;
    }
    const at = position - this.#start;
    return this.#window.subarray(at, at + length);
  }
}

/** What yauzl reads by: its own reader asks the disk several times for each entry. */
export class ZipSource extends RandomAccessReader {
  readonly #handle: FileHandle;
  readonly #directory: NearReads;

  constructor(handle: FileHandle) {
    super();
    this.#handle = handle;
    this.#directory = new NearReads(handle);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    // Not by the handle's own stream, which closes the file when yauzl ends it.
    return Readable.from(piecesOf(this.#handle, start, end), { objectMode: false, highWaterMark: WINDOW });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#directory.read(position, length).then(
      (bytes) => {
        bytes.copy(buffer, offset);
        callback(bytes.byteLength < length ? new Error("unexpected EOF") : null);
      },
      (error: Error) => callback(error),
    );
  }
}

async function* piecesOf(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(WINDOW, end - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * A small entry's contents in one piece; a stream through yauzl costs many times as much.
 * @throws Error when the archive is damaged there
 */
export async function readSmallEntry(data: NearReads, entry: Entry): Promise<Buffer> {
  // What deflate makes of nothing.
  if (entry.uncompressedSize === 0 && entry.compressedSize <= 2) return Buffer.alloc(0);
  const header = await data.read(entry.relativeOffsetOfLocalHeader, LOCAL_HEADER);
  if (header.byteLength < LOCAL_HEADER || header.readUInt32LE(0) !== 0x04034b50)
    throw new Error("its header is missing");
  const start = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await data.read(start, entry.compressedSize);
  if (packed.byteLength < entry.compressedSize) throw new Error("it is cut off");
  // One byte more than it says is enough to know that it lied.
  const limit = { maxOutputLength: entry.uncompressedSize + 1 };
  const contents = entry.compressionMethod === STORED ? Buffer.from(packed) : inflateRawSync(packed, limit);
  if (contents.byteLength !== entry.uncompressedSize) throw new Error("it has another size than the archive says");
  return contents;
}
