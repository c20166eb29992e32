import type { Dirent } from "node:fs";
import { readlink } from "node:fs/promises";
import { OpenFolder, walk } from "./descriptor-walk.ts";
import { readName } from "./entry-names.ts";
import { fileError, isSystemError } from "./file-errors.ts";
import { DEPTH, PATH_BYTES } from "./file-names.ts";
import { staysInside } from "./link-target.ts";
import { framesOf, type Sending } from "./send-tree.ts";
import { encodeFrames, type LeftOutCounts } from "./tree-frames.ts";

/** A folder that another service kept: people could put links on the way to it, so it is walked to. */
export interface ForeignFolder {
  /** Absolute: the operator's, its own links are followed. */
  readonly root: string;
  readonly parts: readonly string[];
  /** Where links may lead, absolute, with all links in them resolved. */
  readonly symlinkRoots: readonly string[];
  readonly signal: AbortSignal;
}

/** What of a folder will come. */
export interface ForeignSize {
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: Pick<LeftOutCounts, "links" | "special" | "deep">;
}

/**
 * All of it as `receiveTree` reads it, what begins with a dot too.
 * @throws StoaError not_found, conflict (a link on the way, permissions)
 */
export async function sendForeign(foreign: ForeignFolder): Promise<AsyncGenerator<Buffer>> {
  const { symlinkRoots, signal } = foreign;
  const leftOut = { links: 0, special: 0, deep: 0, changed: 0 };
  const sending: Sending = { leftOut, symlinkRoots, signal, hidden: true, entriesLeft: Number.POSITIVE_INFINITY };
  return encodeFrames(framesOf(await openForeign(foreign), sending));
}

/**
 * Counts what `sendForeign` would send, without reading a file.
 * @throws StoaError not_found, conflict (a link on the way, permissions)
 */
export async function measureForeign(foreign: ForeignFolder): Promise<ForeignSize> {
  const tally: Tally = { ...foreign, files: 0, bytes: 0, leftOut: { links: 0, special: 0, deep: 0 } };
  await using top = await openForeign(foreign);
  await measureFolder(top, { path: "", bytes: 0, depth: 0 }, tally);
  const { files, bytes, leftOut } = tally;
  return { files, bytes, leftOut };
}

async function openForeign({ root, parts }: ForeignFolder): Promise<OpenFolder> {
  await using top = await OpenFolder.trusted(root).catch((error: unknown) => {
    throw fileError(error, root);
  });
  return await walk(top, parts);
}

interface Tally extends ForeignFolder {
  files: number;
  bytes: number;
  readonly leftOut: { links: number; special: number; deep: number };
}

interface Place {
  readonly path: string;
  readonly bytes: number;
  readonly depth: number;
}

async function measureFolder(folder: OpenFolder, place: Place, tally: Tally): Promise<void> {
  for await (const entry of await folder.items()) {
    tally.signal.throwIfAborted();
    try {
      await measureEntry(folder, entry, place, tally);
    } catch (error) {
      // Taken away since it was listed.
      if (!isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EINVAL"))
        throw fileError(error, place.path + readName(entry.name).text);
    }
  }
}

async function measureEntry(folder: OpenFolder, entry: Dirent<Buffer>, place: Place, tally: Tally): Promise<void> {
  const { name } = entry;
  if (entry.isDirectory()) {
    const inner = { path: `${place.path}${readName(name).text}/`, ...below(place, name) };
    if (inner.depth >= DEPTH || inner.bytes >= PATH_BYTES) {
      tally.leftOut.deep += 1;
      return;
    }
    await using opened = await folder.folder(name);
    await measureFolder(opened, inner, tally);
  } else if (entry.isFile()) {
    tally.bytes += (await folder.stat(name))?.size ?? 0;
    tally.files += 1;
  } else if (entry.isSymbolicLink()) {
    const target = await readlink(folder.at(name), { encoding: "buffer" });
    if (!staysInside(target, place.depth, tally.symlinkRoots)) tally.leftOut.links += 1;
  } else {
    tally.leftOut.special += 1;
  }
}

function below(place: Place, name: Buffer): Pick<Place, "bytes" | "depth"> {
  return { depth: place.depth + 1, bytes: place.bytes + name.length + 1 };
}
