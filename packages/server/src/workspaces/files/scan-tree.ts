import type { Dirent } from "node:fs";
import { NameBudget } from "../details/shown-names.ts";
import type { FileCommand } from "../file-work/contract.ts";
import type { CurrentDetails } from "../tables.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { readName } from "./entry-names.ts";
import { isSystemError } from "./file-errors.ts";
import { DEPTH, PATH_BYTES } from "./file-names.ts";

/** A workspace of more entries than this gets the figures of those that were looked at, and says so. */
export const MOST_ENTRIES = 1_000_000;
const MOST_MS = 2 * 60_000;
const AT_ONCE = 64;

export interface Scan {
  readonly details: CurrentDetails;
  /** Bytes of all regular files, dot files included. */
  readonly bytes: number;
  /** False when the scan stopped at its bound of entries or of time. */
  readonly complete: boolean;
  /** Folders that were not looked into: too deep, or of too long a path for any call to reach. */
  readonly skipped: number;
}

/** Looks through a workspace. @throws StoaError not_found */
export const scanWorkspace: FileCommand<{ readonly workspace: number }, Scan> = async (folders, { workspace }) => {
  await using root = await folders.workspace(workspace);
  return await scanTree(root);
};

interface Tally {
  readonly files: string[];
  readonly symlinks: string[];
  readonly names: NameBudget;
  bytes: number;
  skipped: number;
  entriesLeft: number;
  readonly until: number;
}

/** Where a folder is; `path` ends in a slash. */
interface Place {
  readonly path: string;
  readonly bytes: number;
  readonly depth: number;
  readonly shown: boolean;
}

/**
 * Looks through a folder: names for contract 3 (no folders, no dot files) and the size. Links are named,
 * never followed; what can't be read or vanishes meanwhile is left out. Takes bounded memory, descriptors
 * and time, whatever a session made.
 */
export async function scanTree(root: OpenFolder, mostEntries = MOST_ENTRIES): Promise<Scan> {
  const tally: Tally = {
    files: [],
    symlinks: [],
    names: new NameBudget(),
    bytes: 0,
    skipped: 0,
    entriesLeft: mostEntries,
    until: performance.now() + MOST_MS,
  };
  await scanFolder(root, { path: "/", bytes: 0, depth: 0, shown: true }, tally);
  return {
    details: { files: listed(tally.files), symlinks: listed(tally.symlinks) },
    bytes: tally.bytes,
    complete: !isOver(tally),
    skipped: tally.skipped,
  };
}

async function scanFolder(folder: OpenFolder, place: Place, tally: Tally): Promise<void> {
  let files: Buffer[] = [];
  for await (const entry of await folder.items()) {
    tally.entriesLeft -= 1;
    if (isOver(tally)) break;
    if (entry.isDirectory()) await scanInner(folder, entry.name, place, tally);
    else if (entry.isFile()) files.push(entry.name);
    note(entry, place, tally);
    if (files.length < AT_ONCE) continue;
    tally.bytes += await sizeOf(folder, files);
    files = [];
  }
  tally.bytes += await sizeOf(folder, files);
}

function isOver(tally: Tally): boolean {
  return tally.entriesLeft <= 0 || performance.now() > tally.until;
}

async function scanInner(folder: OpenFolder, name: Buffer, place: Place, tally: Tally): Promise<void> {
  const depth = place.depth + 1;
  const bytes = place.bytes + name.length + 1;
  // Its files would have one part more.
  if (depth >= DEPTH || bytes >= PATH_BYTES) {
    tally.skipped += 1;
    return;
  }
  const path = `${place.path}${readName(name).text}/`;
  try {
    await using inner = await folder.folder(name);
    await scanFolder(inner, { path, bytes, depth, shown: place.shown && !isDotted(name) }, tally);
  } catch (error) {
    if (!isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM")) throw error;
  }
}

function note(entry: Dirent<Buffer>, place: Place, tally: Tally): void {
  const list = entry.isFile() ? tally.files : entry.isSymbolicLink() ? tally.symlinks : null;
  if (list === null || !place.shown || isDotted(entry.name)) return;
  const name = place.path + readName(entry.name).text;
  if (tally.names.take(name)) list.push(name);
}

function isDotted(name: Buffer): boolean {
  return name[0] === 0x2e;
}

function listed(names: string[]): { name: string }[] {
  return names.sort().map((name) => ({ name }));
}

async function sizeOf(folder: OpenFolder, names: readonly Buffer[]): Promise<number> {
  const stats = await Promise.all(names.map((name) => folder.stat(name)));
  return stats.reduce((sum, found) => sum + (found?.isFile() ? found.size : 0), 0);
}
