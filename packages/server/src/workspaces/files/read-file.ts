import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import type { EntryName } from "./entry-names.ts";
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
  return await openIn(folder, last(parts) || ".", path);
}

/** The same of a name in an open folder. @param path as its owner knows it */
export async function openIn(folder: OpenFolder, name: EntryName, path: string): Promise<OpenedFile> {
  const handle = await tellingOf(path, () => folder.file(name));
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

const CHUNK = 256 * 1024;

/**
 * The bytes of a range, exactly as many: a file that shrinks meanwhile breaks off instead of leaving the reader
 * waiting for a promised length. Closes the file at the end, also when nobody reads on.
 */
export async function* exactBytes(file: OpenedFile, range: ByteRange): AsyncGenerator<Uint8Array> {
  await using handle = file.handle;
  let at = range.start;
  const end = range.end + 1;
  while (at < end) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, end - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, at);
    if (bytesRead === 0) throw shrunk(end - at);
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function shrunk(missing: number): StoaError {
  return new StoaError("conflict", {
    details: { problem: `The file was made shorter while it was read: ${missing} bytes are missing` },
  });
}

function refusal(code: string): Error {
  return Object.assign(new Error(code), { code });
}
