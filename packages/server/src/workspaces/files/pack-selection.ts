import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileStream, PersonFolders } from "../file-work/contract.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { type EntryName, readName } from "./entry-names.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";
import { openToRead } from "./follow-links.ts";
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
  readonly folders: PersonFolders;
  readonly workspace: number;
  readonly zip: ZipWriter;
  readonly signal: AbortSignal;
  readonly errors: string[];
  left: number;
  unlisted: number;
}

/** Where an entry is: in the zip, and in the workspace, where its names are text. */
interface Spot {
  readonly path: Buffer;
  readonly parts: readonly string[] | null;
  readonly depth: number;
}

async function* packAll(
  folders: PersonFolders,
  selection: Selection,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { workspace, entries: left } = selection;
  const packing: Packing = { folders, workspace, zip: createZipWriter(), signal, errors: [], left, unlisted: 0 };
  for (const [index, parts] of selection.paths.entries()) {
    yield* packSelected({ path: Buffer.from(names[index] ?? ""), parts, depth: 1 }, packing);
  }
  if (packing.errors.length > 0) yield* packErrors(packing, names);
  yield* packing.zip.end();
}

async function* packSelected(spot: Spot, packing: Packing): AsyncGenerator<Uint8Array> {
  const { folders, workspace } = packing;
  const parts = spot.parts ?? [];
  let parent: OpenFolder;
  try {
    parent = await openToRead(folders, workspace, parts.slice(0, -1), walk);
  } catch (error) {
    return note(packing, spot.path, reasonOf(error));
  }
  await using folder = parent;
  if (parts.length === 0) yield* packFolder(folder, { ...spot, depth: 0 }, packing);
  else yield* packEntry(folder, last(parts), spot, packing);
}

async function* packFolder(folder: OpenFolder, at: Spot, packing: Packing): AsyncGenerator<Uint8Array> {
  for await (const { name } of await folder.items()) {
    const path = at.path.byteLength === 0 ? name : Buffer.concat([at.path, Buffer.from("/"), name]);
    const { text, openable } = readName(name);
    const parts = at.parts !== null && openable ? [...at.parts, text] : null;
    yield* packEntry(folder, name, { path, parts, depth: at.depth + 1 }, packing);
  }
}

/** Something held open that goes into the zip. */
type Opened =
  | { readonly handle: FileHandle; readonly stats: Stats }
  | { readonly folder: OpenFolder; readonly stats: Stats };

async function* packEntry(
  folder: OpenFolder,
  name: EntryName,
  spot: Spot,
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  packing.signal.throwIfAborted();
  const { path } = spot;
  if (packing.left <= 0) return note(packing, path, "left out: the archive has as many entries as are allowed");
  packing.left -= 1;
  let opened: Opened | null;
  try {
    opened = await openEntry(folder, name).catch((error: unknown) => openLinked(spot, packing, error));
  } catch (error) {
    return note(packing, path, reasonOf(error));
  }
  if (opened === null) return note(packing, path, "has gone meanwhile");
  const { mtime, mode, size } = opened.stats;
  const entry = { name: path, isUtf8: readName(path).openable, modifiedAt: mtime, mode };
  if ("handle" in opened) {
    await using handle = opened.handle;
    yield* packing.zip.file(entry, contentsOf(handle, size, path, packing), size);
    return;
  }
  await using inner = opened.folder;
  yield packing.zip.folder(entry);
  if (spot.depth >= DEEPEST) return note(packing, path, `what is in it lies deeper than ${DEEPEST} folders`);
  yield* packFolder(inner, spot, packing);
}

/** Null: it has gone. @throws StoaError conflict (a link, nothing that can be read); the system's errors */
async function openEntry(folder: OpenFolder, name: EntryName): Promise<Opened | null> {
  const stats = await folder.stat(name);
  if (stats === null) return null;
  if (stats.isSymbolicLink()) throw new StoaError("conflict", { message: "a symbolic link, which is not followed" });
  if (stats.isDirectory()) return { folder: await folder.folder(name), stats };
  if (!stats.isFile()) throw new StoaError("conflict", { message: "not a regular file" });
  return openRegular(folder, name);
}

/** A link is followed where it leads below the roots that the operator named. @throws `error` otherwise */
async function openLinked(spot: Spot, { folders, workspace }: Packing, error: unknown): Promise<Opened | null> {
  if (spot.parts === null || folders.symlinkRoots.length === 0) throw error;
  return openToRead(folders, workspace, spot.parts, async (root, parts) => {
    if (parts.length === 0) {
      const folder = await root.folder(".");
      return { folder, stats: (await root.stat(".")) as Stats };
    }
    await using parent = await walk(root, parts.slice(0, -1));
    return await openEntry(parent, last(parts));
  });
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
  await using folder = await openToRead(folders, workspace, parts.slice(0, -1), walk);
  if (parts.length === 0) return;
  const stats = await tellingOf(parts.join("/"), () => folder.stat(last(parts)));
  if (stats === null) throw new StoaError("not_found", { details: { what: `file or folder ${parts.join("/")}` } });
}
