import { constants, type Stats } from "node:fs";
import { chmod, type FileHandle, mkdir, open, readlink, rename, symlink, utimes } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { CommandIo, FileCommand } from "../file-work/contract.ts";
import { batchesTo } from "./batched-writer.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { type EntryName, readName } from "./entry-names.ts";
import { fileError, isSystemError, quoted, tellingOf } from "./file-errors.ts";
import { DEPTH } from "./file-names.ts";
import { openWorkspace, type ReadPlace } from "./open-snapshot.ts";
import { last } from "./place-files.ts";
import { exactBytes, openIn } from "./read-file.ts";
import { removeTree } from "./remove-tree.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
/** Files whose bytes the disk is asked for together: one by one, each would wait for a turn of its journal. */
const SYNC_AT_ONCE = 32;
const MOST_ENTRIES = 1_000_000;
/** Of one's own files: no bits that change whose rights a program has. */
const PERMISSIONS = 0o777;
const OWNER_ALL = 0o700;

export interface CopiedTree {
  readonly files: number;
  readonly bytes: number;
  /** Pipes, sockets and devices, which no copy can hold. */
  readonly skipped: number;
}

interface Copying {
  readonly io: CommandIo;
  readonly keepTimes: boolean;
  /** Things may go while we are on the way to them; from a snapshot nothing does, but with all of it. */
  readonly isLive: boolean;
  readonly topDepth: number;
  readonly unsynced: FileHandle[];
  files: number;
  bytes: number;
  skipped: number;
  entriesLeft: number;
}

export interface CopyQuestion {
  readonly from: ReadPlace;
  readonly name: string;
  /** Folders keep the time of their last change, as files always do. */
  readonly keepTimes?: boolean;
}

/**
 * Copies a file or folder of one's own to a name in the staging folder, links as links. When it returns, all of it is
 * there and on the disk; before, it has another name. Repeated after a kill it does nothing, or all of it again.
 * @throws StoaError not_found (in a snapshot also of a part), conflict (no file to copy, permissions, too many or too deep), disk_full
 */
export const stageCopy: FileCommand<CopyQuestion, CopiedTree> = async (
  folders,
  { from, name, keepTimes = false },
  io,
) => {
  await using staging = await folders.staging();
  const copying: Copying = {
    io,
    keepTimes,
    isLive: from.asOf === undefined,
    topDepth: from.parts.length,
    unsynced: [],
    files: 0,
    bytes: 0,
    skipped: 0,
    entriesLeft: MOST_ENTRIES,
  };
  if ((await staging.stat(name)) !== null) return tally(copying);
  const part = `${name}.part`;
  await removeTree(staging, part);
  try {
    await using root = await openWorkspace(folders, from);
    await using source = await walk(root, from.parts.slice(0, -1));
    const place = { path: from.parts.join("/"), depth: from.parts.length };
    const copied = await copyEntry(source, last(from.parts), staging, part, place, copying);
    if (!copied)
      throw new StoaError("conflict", { details: { problem: `${quoted(place.path)} is nothing that can be copied` } });
    await flush(copying);
    await rename(staging.at(part), staging.at(name));
    await staging.sync();
  } catch (error) {
    await flush(copying).catch(() => undefined);
    await removeTree(staging, part);
    throw error;
  }
  return tally(copying);
};

interface At {
  /** As its owner knows it. */
  readonly path: string;
  readonly depth: number;
}

/** False: it is of a kind that can't be copied. */
async function copyEntry(
  from: OpenFolder,
  name: EntryName,
  to: OpenFolder,
  target: EntryName,
  at: At,
  copying: Copying,
): Promise<boolean> {
  copying.io.signal.throwIfAborted();
  copying.entriesLeft -= 1;
  if (copying.entriesLeft < 0) throw tooMuch(at.path, `more than ${MOST_ENTRIES} files and folders`);
  // Folders and links count for nothing, and are a sign of life.
  report(copying);
  const stats = await tellingOf(at.path, () => from.stat(name));
  if (stats === null) throw fileError(Object.assign(new Error("gone"), { code: "ENOENT" }), at.path);
  if (stats.isDirectory()) await copyFolder(from, name, to, target, at, stats, copying);
  else if (stats.isFile()) await tellingOf(at.path, () => copyFile(from, name, to, target, at.path, copying));
  else if (stats.isSymbolicLink()) await tellingOf(at.path, () => copyLink(from, name, to, target, copying));
  else return false;
  return true;
}

async function copyFolder(
  from: OpenFolder,
  name: EntryName,
  to: OpenFolder,
  target: EntryName,
  at: At,
  stats: Stats,
  copying: Copying,
): Promise<void> {
  if (at.depth >= DEPTH) throw tooMuch(at.path, `folders in folders deeper than ${DEPTH}`);
  await tellingOf(at.path, () => mkdir(to.at(target), { mode: OWNER_ALL }));
  await using source = await tellingOf(at.path, () => from.folder(name));
  await using made = await to.folder(target);
  for await (const entry of await source.items()) {
    const path = `${at.path}/${readName(entry.name).text}`;
    try {
      const copied = await copyEntry(source, entry.name, made, entry.name, { path, depth: at.depth + 1 }, copying);
      if (!copied) copying.skipped += 1;
    } catch (error) {
      // Deleted while we were on the way to it.
      if (!copying.isLive || !(error instanceof StoaError && error.code === "not_found")) throw error;
    }
  }
  // The top one has to be moved to its place yet, which needs a right to write in it.
  const asOurs = at.depth === copying.topDepth ? OWNER_ALL : 0;
  if (copying.keepTimes) await utimes(made.at("."), stats.atime, stats.mtime);
  await chmod(made.at("."), (stats.mode & PERMISSIONS) | asOurs);
  await made.sync();
}

/** As many bytes as the file had when it was opened, however it grows. */
async function copyFile(
  from: OpenFolder,
  name: EntryName,
  to: OpenFolder,
  target: EntryName,
  path: string,
  copying: Copying,
): Promise<void> {
  const file = await openIn(from, name, path);
  const { size, mode, atime, mtime } = file.stats;
  const handle = await open(to.at(target), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600).catch(async (error) => {
    await file.handle.close();
    throw error;
  });
  copying.unsynced.push(handle);
  await using writer = batchesTo(handle);
  for await (const chunk of exactBytes(file, { start: 0, end: size - 1 })) {
    copying.io.signal.throwIfAborted();
    await writer.add(chunk);
    copying.bytes += chunk.byteLength;
    report(copying);
  }
  await writer.flush();
  await handle.chmod(mode & PERMISSIONS);
  await handle.utimes(atime, mtime);
  copying.files += 1;
  report(copying);
  if (copying.unsynced.length >= SYNC_AT_ONCE) await flush(copying);
}

async function copyLink(
  from: OpenFolder,
  name: EntryName,
  to: OpenFolder,
  target: EntryName,
  { isLive }: Copying,
): Promise<void> {
  try {
    await symlink(await readlink(from.at(name), { encoding: "buffer" }), to.at(target));
  } catch (error) {
    if (!isLive || !isSystemError(error, "ENOENT", "EINVAL")) throw error;
  }
}

/** Syncs and closes what was written. @throws the first failure, after the last was closed */
async function flush(copying: Copying): Promise<void> {
  const handles = copying.unsynced.splice(0);
  const done = await Promise.allSettled(handles.map((handle) => handle.sync().finally(() => handle.close())));
  for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
}

function report({ io, bytes, files }: Copying): void {
  io.progress({ bytes, files });
}

function tally({ files, bytes, skipped }: Copying): CopiedTree {
  return { files, bytes, skipped };
}

function tooMuch(path: string, what: string): StoaError {
  return new StoaError("conflict", {
    details: { problem: `${quoted(path)} holds ${what}. Copy its parts one by one` },
  });
}
