import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileStream, PersonFolders } from "../file-work/contract.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { type EntryName, readName } from "./entry-names.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";
import { numbered } from "./move-to-free-name.ts";
import { last } from "./place-files.ts";
import { createZipWriter, type ZipWriter } from "./zip-writer.ts";

export interface Selection {
  readonly workspace: number;
  /** Each a file or folder; no parts: the workspace as a whole. */
  readonly paths: readonly (readonly string[])[];
  /** Entries at most; the rest is left out and said so. */
  readonly entries: number;
}

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const CHUNK = 256 * 1024;
/** Each holds a folder open. What lies deeper is left out. */
const DEEPEST = 100;
const ERRORS = "_errors.txt";
const MOST_ERRORS = 10_000;

/**
 * A selection of files and folders as a zip that is written while it is sent. What can't be read, links included, is
 * told in `_errors.txt` inside instead of breaking the rest.
 * @throws StoaError not_found, conflict (a link on the way) before the first byte
 */
export const packSelection: FileStream<Selection, null> = async (folders, selection, { signal }) => {
  const names = rootNames(selection.paths);
  for (const parts of selection.paths) await requireThere(folders, selection.workspace, parts);
  return { head: null, bytes: packAll(folders, selection, names, signal) };
};

interface Packing {
  readonly zip: ZipWriter;
  readonly signal: AbortSignal;
  readonly errors: string[];
  left: number;
  unlisted: number;
}

async function* packAll(
  folders: PersonFolders,
  selection: Selection,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const packing: Packing = { zip: createZipWriter(), signal, errors: [], left: selection.entries, unlisted: 0 };
  await using root = await folders.workspace(selection.workspace);
  for (const [index, parts] of selection.paths.entries()) {
    const name = names[index] ?? "";
    if (parts.length === 0) yield* packFolder(root, Buffer.alloc(0), 1, packing);
    else yield* packSelected(root, parts, Buffer.from(name), packing);
  }
  if (packing.errors.length > 0) yield* packErrors(packing, names);
  yield* packing.zip.end();
}

async function* packSelected(
  root: OpenFolder,
  parts: readonly string[],
  name: Buffer,
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  let parent: OpenFolder;
  try {
    parent = await walk(root, parts.slice(0, -1));
  } catch (error) {
    return note(packing, name, reasonOf(error));
  }
  await using folder = parent;
  yield* packEntry(folder, last(parts), name, 1, packing);
}

async function* packFolder(
  folder: OpenFolder,
  prefix: Buffer,
  depth: number,
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  for await (const { name } of await folder.items()) {
    const path = prefix.byteLength === 0 ? name : Buffer.concat([prefix, Buffer.from("/"), name]);
    yield* packEntry(folder, name, path, depth, packing);
  }
}

async function* packEntry(
  folder: OpenFolder,
  name: EntryName,
  path: Buffer,
  depth: number,
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  packing.signal.throwIfAborted();
  if (packing.left <= 0) return note(packing, path, "left out: the archive has as many entries as are allowed");
  packing.left -= 1;
  let opened: { handle: FileHandle; stats: Stats };
  try {
    const stats = await folder.stat(name);
    if (stats === null) return note(packing, path, "has gone meanwhile");
    if (stats.isDirectory()) return yield* packInner(folder, name, path, stats, depth, packing);
    const why = stats.isSymbolicLink() ? "a symbolic link, which is not followed" : "not a regular file";
    if (!stats.isFile()) return note(packing, path, why);
    opened = await openRegular(folder, name);
  } catch (error) {
    return note(packing, path, reasonOf(error));
  }
  await using handle = opened.handle;
  const { size, mtime, mode } = opened.stats;
  const entry = { name: path, isUtf8: readName(path).openable, modifiedAt: mtime, mode };
  yield* packing.zip.file(entry, contentsOf(handle, size, path, packing), size);
}

async function* packInner(
  parent: OpenFolder,
  name: EntryName,
  path: Buffer,
  stats: Stats,
  depth: number,
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  yield packing.zip.folder({ name: path, isUtf8: readName(path).openable, modifiedAt: stats.mtime, mode: stats.mode });
  if (depth >= DEEPEST) return note(packing, path, `what is in it lies deeper than ${DEEPEST} folders`);
  let inner: OpenFolder;
  try {
    inner = await parent.folder(name);
  } catch (error) {
    return note(packing, path, reasonOf(error));
  }
  await using folder = inner;
  yield* packFolder(folder, path, depth + 1, packing);
}

/** As many bytes as it had when it was opened: one that grows without end is still a file of some size. */
async function* contentsOf(
  handle: FileHandle,
  size: number,
  path: Buffer,
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    packing.signal.throwIfAborted();
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, size - at));
    const read = await handle.read(buffer, 0, buffer.byteLength, at).catch((error: unknown) => {
      note(packing, path, `cut off after ${at} bytes: ${reasonOf(error)}`);
      return null;
    });
    if (read === null) return;
    if (read.bytesRead === 0) return note(packing, path, `shrank while it was read, to ${at} bytes`);
    at += read.bytesRead;
    yield buffer.subarray(0, read.bytesRead);
  }
}

async function openRegular(folder: OpenFolder, name: EntryName): Promise<{ handle: FileHandle; stats: Stats }> {
  const handle = await open(folder.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, stats };
  await handle.close();
  throw Object.assign(new Error("not a file"), { code: "ENXIO" });
}

async function* packErrors(packing: Packing, names: readonly string[]): AsyncGenerator<Uint8Array> {
  const { errors, unlisted } = packing;
  const more = unlisted > 0 ? [`… and ${unlisted} more`] : [];
  const text = Buffer.from(["These could not be packed:", "", ...errors, ...more, ""].join("\r\n"));
  const name = Buffer.from(names.includes(ERRORS) ? numbered(ERRORS, 2) : ERRORS);
  const entry = { name, isUtf8: true, modifiedAt: new Date(), mode: 0o100644 };
  yield* packing.zip.file(entry, once(text), text.byteLength);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function note(packing: Packing, path: Buffer, why: string): void {
  if (packing.errors.length < MOST_ERRORS) packing.errors.push(`${readName(path).text}: ${why}`);
  else packing.unlisted += 1;
}

function reasonOf(error: unknown): string {
  if (error instanceof StoaError) return error.message;
  if (isSystemError(error, "EACCES", "EPERM")) return "its permissions do not allow reading it";
  if (isSystemError(error, "ENOENT")) return "has gone meanwhile";
  if (isSystemError(error, "ELOOP", "ENOTDIR", "ENXIO", "ENODEV"))
    return "was replaced meanwhile by what is no regular file";
  return error instanceof Error && "code" in error ? `cannot be read (${String(error.code)})` : "cannot be read";
}

/** What each is called in the zip: its own name, numbered where two of different folders have the same. */
function rootNames(paths: Selection["paths"]): string[] {
  const used = new Set<string>();
  return paths.map((parts) => {
    const wanted = last(parts);
    let name = wanted;
    for (let count = 2; used.has(name); count += 1) name = numbered(wanted, count);
    used.add(name);
    return name;
  });
}

async function requireThere(folders: PersonFolders, workspace: number, parts: readonly string[]): Promise<void> {
  await using root = await folders.workspace(workspace);
  await using folder = await walk(root, parts.slice(0, -1));
  if (parts.length === 0) return;
  const stats = await tellingOf(parts.join("/"), () => folder.stat(last(parts)));
  if (stats === null) throw new StoaError("not_found", { details: { what: `file or folder ${parts.join("/")}` } });
}
