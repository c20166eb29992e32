import { closeSync, fstatSync, lstatSync, opendirSync, openSync, type Stats } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { readName } from "./entry-names.ts";
import { isSystemError } from "./file-errors.ts";
import { DEPTH } from "./file-names.ts";
import { Largest } from "./largest.ts";
import { addressOf, FOLDER_FLAGS } from "./scan-folder.ts";
import { boundsOf, isOutside, openStorage, RESERVED, type StorageBounds } from "./storage-folder.ts";

/** A look that takes longer, or at more, tells what it has met until then. */
const MOST_ENTRIES = 1_000_000;
const MOST_MS = 20_000;
/** Others get their turn after so long, ms: a call that waits for nothing costs a third of one that does. */
const SLICE_MS = 3;
const READ_AT_ONCE = 1_024;
/** Files of several names whose inodes are remembered, to be counted once. */
const MOST_TWINS = 100_000;

export interface LargestQuestion {
  /** In this order, as long as there is time. */
  readonly workspaces: readonly number[];
  /** Entries of the trash: each is told as a whole, by what it was one can't get at a part of it. */
  readonly entries: readonly number[];
  /** Absolute: what lies in their storage besides is looked at, too. Null: nothing does. */
  readonly storage: string | null;
  readonly limit: number;
  /** `taken`: what they take on the disk, which is what a kernel's quota counts. `contents`: their sizes. */
  readonly by: "taken" | "contents";
}

export interface LargeEntry {
  /** Null with an entry: it is in the trash; without: in their storage, outside workspaces. */
  readonly workspace: number | null;
  /** Of the trash. */
  readonly entry: number | null;
  /** Below the workspace or the storage; empty for an entry of the trash. */
  readonly path: string;
  readonly kind: "file" | "folder";
  readonly bytes: number;
  /** False: its name is no text, and no path leads to it. */
  readonly openable: boolean;
}

export interface LargestFound {
  /** Largest first. */
  readonly items: readonly LargeEntry[];
  /** Of all that was looked at. */
  readonly bytes: number;
  /** Of it, in the trash. */
  readonly trashed: number;
  readonly entries: number;
  /** False: there is more than anybody looks through in one go. */
  readonly complete: boolean;
  /** False: their storage was not asked for, is not there, or can't be read by whoever looks. */
  readonly storageRead: boolean;
}

interface Look {
  readonly found: Largest;
  readonly by: LargestQuestion["by"];
  readonly twins: Set<string>;
  readonly until: number;
  entries: number;
}

/** A folder on the way. */
interface Here {
  readonly workspace: number | null;
  /** False: nothing is told of what lies in it; the trash's inside. */
  readonly isTold: boolean;
  /** Null: wherever it leads. */
  readonly bounds: StorageBounds | null;
  /** Ends in a slash, or is empty. */
  readonly path: string;
  /** The same as its bytes are, as latin1, where there are bounds. */
  readonly at: string;
  readonly openable: boolean;
  readonly depth: number;
}

/**
 * The largest files and folders of a person, links met and never followed. Memory, time and descriptors are bounded,
 * whatever a session made. A folder in which one thing is nearly all is left out: that thing is told.
 */
export const largestEntries: FileCommand<LargestQuestion, LargestFound> = async (folders, question, io) => {
  const { limit, by } = question;
  const look = {
    found: new Largest(limit),
    by,
    twins: new Set<string>(),
    until: performance.now() + MOST_MS,
    entries: 0,
  };
  let [bytes, trashed] = [0, 0];
  const top = { workspace: null, isTold: true, bounds: null, path: "", at: "", openable: true, depth: 0 };
  for (const workspace of question.workspaces) {
    if (isOver(look)) break;
    await using root = await openIfThere(() => folders.workspace(workspace));
    if (root === null) continue;
    bytes += await inSlices(sizeOf(root.at(""), "", { ...top, workspace }, look), io.signal);
  }
  for (const entry of question.entries) {
    if (isOver(look)) break;
    await using trash = await folders.trash();
    const size = await inSlices(sizeOf(trash.at(""), String(entry), { ...top, isTold: false }, look), io.signal);
    look.found.add({ workspace: null, entry, path: "", kind: "folder", bytes: size, openable: true });
    trashed += size;
  }
  bytes += trashed;
  await using storage = question.storage === null ? null : await openIfThere(() => openStorage(question.storage ?? ""));
  if (storage !== null && !isOver(look)) {
    const bounds = await boundsOf(folders, storage);
    bytes += await inSlices(sizeOf(storage.at(""), "", { ...top, bounds }, look), io.signal);
  }
  const figures = { bytes, trashed, entries: look.entries };
  return { items: look.found.sorted(), ...figures, complete: !isOver(look), storageRead: storage !== null };
};

type Steps = Generator<undefined, number>;

async function openIfThere(open: () => Promise<OpenFolder>): Promise<OpenFolder | null> {
  return open().catch((error: unknown) => {
    if (error instanceof StoaError) return null;
    throw error;
  });
}

async function inSlices(steps: Steps, signal: AbortSignal): Promise<number> {
  try {
    for (let slice = performance.now() + SLICE_MS; ; ) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (performance.now() < slice) continue;
      await turn();
      signal.throwIfAborted();
      slice = performance.now() + SLICE_MS;
    }
  } finally {
    // Closes the folders that are open when it is given up.
    steps.return(0);
  }
}

/** Bytes of a folder with all below it; what can't be read or vanishes meanwhile is left out. */
function* sizeOf(above: string, name: string, here: Here, look: Look): Steps {
  if (here.depth >= DEPTH || isOver(look)) return 0;
  let fd: number;
  try {
    fd = openSync(addressOf(above, name), FOLDER_FLAGS);
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM")) return 0;
    throw error;
  }
  try {
    return yield* addUp(fd, here, look);
  } finally {
    closeSync(fd);
  }
}

function* addUp(fd: number, here: Here, look: Look): Steps {
  const address = `/proc/self/fd/${fd}/`;
  const folders: string[] = [];
  const self = fstatSync(fd);
  if (here.bounds !== null && isOutside(here.bounds, self, fd)) return 0;
  let [bytes, largest] = [look.by === "taken" ? taken(self) : 0, 0];
  const reader = opendirSync(address, { encoding: "latin1", bufferSize: READ_AT_ONCE });
  try {
    for (let entry = reader.readSync(); entry !== null && !isOver(look); entry = reader.readSync()) {
      look.entries += 1;
      if (look.entries % 32 === 0) yield;
      // Not even looked at: what is mounted there may not answer any more, and this process would stand still.
      if (here.bounds?.mounts.has(here.at + entry.name)) continue;
      if (entry.isDirectory()) folders.push(entry.name);
      else if (entry.isFile()) {
        const size = sizeOfFile(address, entry.name, look);
        tell(look, here, entry.name, "file", size);
        bytes += size;
        largest = Math.max(largest, size);
      }
    }
  } finally {
    reader.closeSync();
  }
  for (const name of folders) {
    if (here.bounds !== null && here.depth === 0 && RESERVED.has(name)) continue;
    const { text, openable } = nameOf(name);
    const path = here.isTold ? `${here.path}${text}/` : "";
    const at = here.bounds === null ? "" : `${here.at}${name}/`;
    const inside = { ...here, path, at, openable: here.openable && openable, depth: here.depth + 1 };
    const size = yield* sizeOf(address, name, inside, look);
    bytes += size;
    largest = Math.max(largest, size);
  }
  if (here.depth > 0 && largest < bytes * NEARLY_ALL)
    tell(look, { ...here, path: here.path.slice(0, -1) }, null, "folder", bytes);
  return bytes;
}

/** From this share on, one thing in a folder stands for the folder. */
const NEARLY_ALL = 0.9;

/** @param name null: the place itself */
function tell({ found }: Look, here: Here, name: string | null, kind: LargeEntry["kind"], bytes: number): void {
  const { workspace } = here;
  if (!here.isTold || !found.wants(bytes)) return;
  const { text, openable } = name === null ? { text: "", openable: true } : nameOf(name);
  found.add({ workspace, entry: null, path: here.path + text, kind, bytes, openable: openable && here.openable });
}

/** 0 for what has gone meanwhile, and for the further names of what was met already. */
function sizeOfFile(folder: string, name: string, { by, twins }: Look): number {
  const stats = lstatSync(addressOf(folder, name), { throwIfNoEntry: false });
  if (!stats?.isFile()) return 0;
  if (stats.nlink > 1) {
    const inode = `${stats.dev}:${stats.ino}`;
    if (twins.has(inode)) return 0;
    if (twins.size < MOST_TWINS) twins.add(inode);
  }
  return by === "taken" ? taken(stats) : stats.size;
}

/** The kernel counts blocks of 512 bytes, whatever the file system's own are. */
function taken({ blocks }: Stats): number {
  return blocks * 512;
}

function nameOf(name: string): { text: string; openable: boolean } {
  return readName(Buffer.from(name, "latin1"));
}

function isOver({ entries, until }: Look): boolean {
  return entries >= MOST_ENTRIES || performance.now() > until;
}
