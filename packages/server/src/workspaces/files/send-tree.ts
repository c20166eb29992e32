import { constants, type Dirent, type Stats } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileStream } from "../file-work/contract.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { readName } from "./entry-names.ts";
import { fileError, isSystemError } from "./file-errors.ts";
import { DEPTH, PATH_BYTES } from "./file-names.ts";
import { staysInside } from "./link-target.ts";
import { encodeFrames, type Frame, type LeftOutCounts } from "./tree-frames.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** More than this is no workspace that somebody shares: it would keep a worker for hours. */
export const MOST_ENTRIES = 1_000_000;
const CHUNK = 256 * 1024;

/** A sending under way. */
export interface Sending {
  readonly leftOut: { -readonly [Key in keyof LeftOutCounts]: number };
  readonly symlinkRoots: readonly string[];
  readonly signal: AbortSignal;
  /** Whether what begins with a dot goes too. */
  readonly hidden: boolean;
  entriesLeft: number;
}

/** Where a folder is, below the workspace's root; the path as its owner reads it, ending in a slash. */
interface Place {
  readonly path: string;
  readonly bytes: number;
  readonly depth: number;
}

/**
 * A workspace as frames (`tree-frames.ts`), without what begins with a dot. What goes away meanwhile is left out,
 * what can't be read breaks it off: half a copy that looks whole helps nobody.
 * @throws StoaError not_found, conflict (permissions, too many entries)
 */
export const sendTree: FileStream<{ readonly workspace: number }, null> = async (folders, { workspace }, io) => {
  const root = await folders.workspace(workspace);
  const sending: Sending = {
    leftOut: { links: 0, special: 0, deep: 0, changed: 0 },
    symlinkRoots: folders.symlinkRoots,
    signal: io.signal,
    hidden: false,
    entriesLeft: MOST_ENTRIES,
  };
  return { head: null, bytes: encodeFrames(framesOf(root, sending)) };
};

/** The frames of a folder, which is closed after the last of them. */
export async function* framesOf(root: OpenFolder, sending: Sending): AsyncGenerator<Frame> {
  await using top = root;
  yield* sendFolder(top, { path: "", bytes: 0, depth: 0 }, sending);
  yield { kind: "end", leftOut: sending.leftOut };
}

async function* sendFolder(folder: OpenFolder, place: Place, sending: Sending): AsyncGenerator<Frame> {
  for await (const entry of await folder.items()) {
    sending.signal.throwIfAborted();
    sending.entriesLeft -= 1;
    if (sending.entriesLeft < 0) throw tooMany();
    if (!sending.hidden && entry.name[0] === 0x2e) continue;
    try {
      yield* sendEntry(folder, entry, place, sending);
    } catch (error) {
      // Taken away, or replaced by something else, since it was listed.
      if (!isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EINVAL"))
        throw fileError(error, place.path + readName(entry.name).text);
    }
  }
}

async function* sendEntry(
  folder: OpenFolder,
  entry: Dirent<Buffer>,
  place: Place,
  sending: Sending,
): AsyncGenerator<Frame> {
  if (entry.isDirectory()) yield* sendInner(folder, entry.name, place, sending);
  else if (entry.isFile()) yield* sendFile(folder, entry.name, sending);
  else if (entry.isSymbolicLink()) yield* sendLink(folder, entry.name, place, sending);
  else sending.leftOut.special += 1;
}

async function* sendInner(folder: OpenFolder, name: Buffer, place: Place, sending: Sending): AsyncGenerator<Frame> {
  const depth = place.depth + 1;
  const bytes = place.bytes + name.length + 1;
  // Its files would have one part more.
  if (depth >= DEPTH || bytes >= PATH_BYTES) {
    sending.leftOut.deep += 1;
    return;
  }
  const stats = await folder.stat(name);
  await using inner = await folder.folder(name);
  yield { kind: "folder", name, mtimeMs: stats?.mtimeMs ?? 0 };
  yield* sendFolder(inner, { path: `${place.path}${readName(name).text}/`, bytes, depth }, sending);
  yield { kind: "leave" };
}

async function* sendLink(folder: OpenFolder, name: Buffer, place: Place, sending: Sending): AsyncGenerator<Frame> {
  const target = await readlink(folder.at(name), { encoding: "buffer" });
  if (staysInside(target, place.depth, sending.symlinkRoots)) yield { kind: "link", name, target };
  else sending.leftOut.links += 1;
}

async function* sendFile(folder: OpenFolder, name: Buffer, sending: Sending): AsyncGenerator<Frame> {
  // A FIFO that took its place can't block us.
  await using handle = await open(folder.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const before = await handle.stat();
  if (!before.isFile()) {
    sending.leftOut.special += 1;
    return;
  }
  yield { kind: "file", name, mtimeMs: before.mtimeMs, executable: (before.mode & 0o111) !== 0 };
  yield* sendBytes(handle, before.size, sending.signal);
  yield { kind: "fileEnd" };
  if (!isSame(before, await handle.stat())) sending.leftOut.changed += 1;
}

/** As many as there were at the beginning, or are left: what grows while it is read would never end. */
async function* sendBytes(handle: FileHandle, size: number, signal: AbortSignal): AsyncGenerator<Frame> {
  for (let at = 0; at < size; ) {
    signal.throwIfAborted();
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield { kind: "bytes", bytes: buffer.subarray(0, bytesRead) };
  }
}

function isSame(before: Stats, after: Stats): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs;
}

export function tooMany(): StoaError {
  const problem = `The workspace has more than ${MOST_ENTRIES} files and folders: pack some of them into an archive first`;
  return new StoaError("conflict", { details: { problem } });
}
