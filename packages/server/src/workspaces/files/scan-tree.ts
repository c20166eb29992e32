import { closeSync, fstatSync, openSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { NameBudget } from "../details/shown-names.ts";
import type { FileCommand } from "../file-work/contract.ts";
import type { CurrentDetails } from "../tables.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { readName } from "./entry-names.ts";
import { isSystemError } from "./file-errors.ts";
import { DEPTH, PATH_BYTES } from "./file-names.ts";
import {
  addressOf,
  bytesOf,
  FOLDER_FLAGS,
  type FolderContents,
  isAscii,
  isTrusted,
  isUnchanged,
  namesOf,
  readFolder,
  recordOf,
} from "./scan-folder.ts";
import { type FolderMemory, type FolderRecord, LINK, ScanMemory, SMALL_TREE } from "./scan-memory.ts";

/** A workspace of more entries than this gets the figures of those that were looked at, and says so. */
export const MOST_ENTRIES = 1_000_000;
const MOST_MS = 2 * 60_000;
/** Calls that wait for nothing cost a third of those that do; others get their turn after so long, ms. */
const SLICE_MS = 3;

export interface Scan {
  readonly details: CurrentDetails;
  /** Bytes of all regular files, dot files included. */
  readonly bytes: number;
  /** False when the scan stopped at its bound of entries or of time. */
  readonly complete: boolean;
  /** Folders that were not looked into: too deep, or of too long a path for any call to reach. */
  readonly skipped: number;
}

/** A cache of this process, by person and workspace. */
const memory = new ScanMemory();

/** Looks through a workspace; again, at what has changed in it. @throws StoaError not_found */
export const scanWorkspace: FileCommand<{ readonly workspace: number }, Scan> = async (folders, { workspace }, io) => {
  await using root = await folders.workspace(workspace);
  return await scanTree(root, { remember: `${folders.accountId}/${workspace}`, signal: io.signal });
};

export interface ScanOptions {
  readonly mostEntries?: number;
  /** What to remember it as until the next scan of the same folder; left out: it isn't. */
  readonly remember?: string;
  /** Trees of fewer entries are read anew each time. */
  readonly smallTree?: number;
  readonly signal?: AbortSignal;
}

interface Tally {
  readonly files: string[];
  readonly symlinks: string[];
  readonly names: NameBudget;
  readonly before: FolderMemory;
  readonly after: FolderMemory;
  /** Folders are watched from so many entries on. */
  readonly watchFrom: number;
  readonly now: number;
  readonly until: number;
  bytes: number;
  skipped: number;
  entries: number;
  readonly mostEntries: number;
  isFull: boolean;
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
export async function scanTree(root: OpenFolder, options: ScanOptions = {}): Promise<Scan> {
  const { mostEntries = MOST_ENTRIES, remember, smallTree = SMALL_TREE } = options;
  const tally: Tally = {
    files: [],
    symlinks: [],
    names: new NameBudget(),
    before: remember === undefined ? new Map() : memory.recall(remember),
    after: new Map(),
    watchFrom: remember === undefined ? Number.POSITIVE_INFINITY : smallTree,
    now: Date.now(),
    until: performance.now() + MOST_MS,
    bytes: 0,
    skipped: 0,
    entries: 0,
    mostEntries,
    isFull: false,
  };
  try {
    // What the kernel has to tell of changes is told between two turns.
    for (let count = 0; count < 2; count += 1) await turn();
    await inSlices(scanInner(root.at(""), "", { path: "/", bytes: 0, depth: 0, shown: true }, tally), options.signal);
  } catch (error) {
    if (remember !== undefined) memory.forget(remember, tally.after);
    throw error;
  }
  if (remember !== undefined) memory.keep(remember, tally.after);
  return {
    details: { files: listed(tally.files), symlinks: listed(tally.symlinks) },
    bytes: tally.bytes,
    complete: !isOver(tally),
    skipped: tally.skipped,
  };
}

/** A generator gives way after each step; between two steps nothing waits. */
type Steps = Generator<undefined, void>;

async function inSlices(steps: Steps, signal: AbortSignal | undefined): Promise<void> {
  try {
    for (let slice = performance.now() + SLICE_MS; !steps.next().done; ) {
      if (performance.now() < slice) continue;
      await turn();
      signal?.throwIfAborted();
      slice = performance.now() + SLICE_MS;
    }
  } finally {
    // Closes the folders that are open when it is given up.
    steps.return();
  }
}

function* scanInner(above: string, name: string, place: Place, tally: Tally): Steps {
  // Its files would have one part more.
  if (place.depth >= DEPTH || place.bytes >= PATH_BYTES) {
    tally.skipped += 1;
    return;
  }
  let fd: number;
  try {
    fd = openSync(addressOf(above, name), FOLDER_FLAGS);
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM")) return;
    throw error;
  }
  try {
    yield* scanFolder(fd, place, tally);
  } finally {
    closeSync(fd);
  }
}

function* scanFolder(fd: number, place: Place, tally: Tally): Steps {
  const here = `/proc/self/fd/${fd}/`;
  const contents = yield* contentsOf(fd, here, tally);
  tally.entries += contents.sizes.length + contents.folders.length;
  tally.bytes += bytesOf(contents);
  if (place.shown) noteNames(contents, place, tally);
  for (const name of contents.folders) {
    if (isOver(tally)) return;
    const path = `${place.path}${textOf(name)}/`;
    const shown = place.shown && !isDotted(name);
    yield* scanInner(here, name, { path, bytes: place.bytes + name.length + 1, depth: place.depth + 1, shown }, tally);
    yield;
  }
}

/** As it was where nothing has changed; else what has is looked at, or all. */
function* contentsOf(
  fd: number,
  here: string,
  tally: Tally,
): Generator<undefined, Pick<FolderRecord, "folders" | "names" | "sizes">> {
  const { ctimeMs, dev, ino } = fstatSync(fd);
  const key = `${dev}:${ino}`;
  const record = tally.before.get(key);
  const reading = { here, ctimeMs, now: tally.now, most: tally.mostEntries - tally.entries };
  if (isTrusted(record, tally.now)) {
    tally.after.set(key, record);
    if (isUnchanged(record, ctimeMs)) return record;
    const contents = yield* readFolder({ ...reading, known: { record, changed: record.watch.take() } });
    tally.after.set(key, recordOf(contents, record.watch));
    return contents;
  }
  const isLarge = tally.before.size > 0 || tally.entries >= tally.watchFrom;
  const watch = isLarge && !tally.after.has(key) ? memory.watch(here) : null;
  let contents: FolderContents | null = null;
  try {
    contents = yield* readFolder({ ...reading, known: null });
    if (watch !== null) tally.after.set(key, recordOf(contents, watch));
    return contents;
  } finally {
    if (watch !== null && contents === null) memory.unwatch(watch);
  }
}

function noteNames(contents: Pick<FolderRecord, "names" | "sizes">, place: Place, tally: Tally): void {
  if (tally.isFull) return;
  for (const [index, name] of namesOf(contents).entries()) {
    const size = contents.sizes[index] ?? 0;
    if (isDotted(name) || (size < 0 && size !== LINK)) continue;
    const path = place.path + textOf(name);
    if (!tally.names.take(path)) {
      tally.isFull = true;
      return;
    }
    (size === LINK ? tally.symlinks : tally.files).push(path);
  }
}

function isOver(tally: Tally): boolean {
  return tally.entries >= tally.mostEntries || performance.now() > tally.until;
}

function isDotted(name: string): boolean {
  return name.startsWith(".");
}

function textOf(name: string): string {
  return isAscii(name) ? name : readName(Buffer.from(name, "latin1")).text;
}

function listed(names: string[]): { name: string }[] {
  return names.sort().map((name) => ({ name }));
}
