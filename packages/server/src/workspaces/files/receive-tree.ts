import { constants } from "node:fs";
import { type FileHandle, mkdir, open, symlink, utimes } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { batchesTo } from "./batched-writer.ts";
import { FOLDER_MODE, type OpenFolder } from "./descriptor-walk.ts";
import { WORKSPACE_MODE } from "./directories.ts";
import { readName } from "./entry-names.ts";
import { tellingOf } from "./file-errors.ts";
import { DEPTH } from "./file-names.ts";
import { staysInside } from "./link-target.ts";
import { removeTree } from "./remove-tree.ts";
import { MOST_ENTRIES, tooMany } from "./send-tree.ts";
import { stagingName } from "./staged-file.ts";
import { decodeFrames, type Frame, type LeftOutCounts } from "./tree-frames.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
/** Files whose bytes the disk is asked for together: one by one, each would wait for a turn of its journal. */
const SYNC_AT_ONCE = 32;
/** Each report is a message to another process. */
const TELL_EVERY_MS = 200;

export interface ReceivedTree {
  /** In the staging folder. */
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: LeftOutCounts;
}

interface Open {
  readonly folder: OpenFolder;
  /** For messages, ending in a slash. */
  readonly path: string;
  readonly mtimeMs: number;
}

/**
 * Writes a tree that another person's `sendTree` sends under a staged name: new files of one's own, nothing taken
 * on trust. When it returns, all of it is on the disk; when it throws, nothing stays.
 * @throws StoaError too_large (more than `mostBytes` of contents come); disk_full; upstream_failed for a stream that is none; what the input throws
 */
export const receiveTree: FileCommand<
  { readonly mostEntries?: number; readonly mostBytes?: number } | null,
  ReceivedTree
> = async (folders, args, io) => {
  await using staging = await folders.staging();
  const name = stagingName(folders.stagingMark);
  await using unsynced = new Unsynced();
  const stack: Open[] = [];
  // The sender's own program counts as well; but it is the sender's.
  const entriesLeft = args?.mostEntries ?? MOST_ENTRIES;
  const mostBytes = args?.mostBytes ?? Number.POSITIVE_INFINITY;
  const { symlinkRoots } = folders;
  const receiving: Receiving = { stack, unsynced, symlinkRoots, mostBytes, entriesLeft, files: 0, bytes: 0 };
  try {
    await tellingOf({ ours: "the copy" }, () => mkdir(staging.at(name), { mode: WORKSPACE_MODE }));
    stack.push({ folder: await staging.folder(name), path: "", mtimeMs: 0 });
    let toldAt = 0;
    const leftOut = await receive(receiving, decodeFrames(io.input), () => {
      io.signal.throwIfAborted();
      if (performance.now() < toldAt + TELL_EVERY_MS) return;
      toldAt = performance.now();
      io.progress({ bytes: receiving.bytes, files: receiving.files });
    });
    await unsynced.flush();
    await top(stack).folder.sync();
    return { name, files: receiving.files, bytes: receiving.bytes, leftOut };
  } catch (error) {
    await unsynced.flush().catch(() => undefined);
    await removeTree(staging, name);
    throw error;
  } finally {
    for (const { folder } of stack) await folder[Symbol.asyncDispose]();
  }
};

interface Receiving {
  /** From the root down to the folder that is being filled. */
  readonly stack: Open[];
  readonly unsynced: Unsynced;
  readonly symlinkRoots: readonly string[];
  readonly mostBytes: number;
  entriesLeft: number;
  files: number;
  bytes: number;
}

async function receive(
  receiving: Receiving,
  frames: AsyncGenerator<Frame>,
  onEntry: () => void,
): Promise<LeftOutCounts> {
  for await (const frame of frames) {
    if (frame.kind !== "leave" && frame.kind !== "end") receiving.entriesLeft -= 1;
    if (receiving.entriesLeft < 0) throw tooMany();
    if (frame.kind === "folder") await enter(receiving, frame);
    else if (frame.kind === "leave") await leave(receiving);
    else if (frame.kind === "link") await makeLink(receiving, frame);
    else if (frame.kind === "file") await makeFile(receiving, frame, frames, onEntry);
    else if (frame.kind === "end") return frame.leftOut;
    else throw outOfOrder();
    onEntry();
  }
  throw outOfOrder();
}

async function enter({ stack }: Receiving, { name, mtimeMs }: Extract<Frame, { kind: "folder" }>): Promise<void> {
  if (stack.length > DEPTH) throw outOfOrder();
  const { folder, path } = top(stack);
  const shown = path + readName(name).text;
  await tellingOf(shown, () => mkdir(folder.at(name), { mode: FOLDER_MODE }));
  stack.push({ folder: await tellingOf(shown, () => folder.folder(name)), path: `${shown}/`, mtimeMs });
}

async function leave({ stack }: Receiving): Promise<void> {
  if (stack.length < 2) throw outOfOrder();
  const { folder, path, mtimeMs } = top(stack);
  stack.pop();
  await using done = folder;
  await tellingOf(path, async () => {
    await utimes(done.at("."), seconds(mtimeMs), seconds(mtimeMs));
    await done.sync();
  });
}

async function makeLink(
  { stack, symlinkRoots }: Receiving,
  { name, target }: Extract<Frame, { kind: "link" }>,
): Promise<void> {
  if (!staysInside(target, stack.length - 1, symlinkRoots)) throw outOfOrder();
  const { folder, path } = top(stack);
  await tellingOf(path + readName(name).text, () => symlink(target, folder.at(name)));
}

async function makeFile(
  receiving: Receiving,
  { name, mtimeMs, executable }: Extract<Frame, { kind: "file" }>,
  frames: AsyncGenerator<Frame>,
  onBytes: () => void,
): Promise<void> {
  const { folder, path } = top(receiving.stack);
  await tellingOf(path + readName(name).text, async () => {
    const mode = executable ? 0o755 : 0o644;
    const handle = await open(folder.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    receiving.unsynced.add(handle);
    await using writer = batchesTo(handle);
    for (;;) {
      const { value: frame } = await frames.next();
      if (frame?.kind === "fileEnd") break;
      if (frame?.kind !== "bytes") throw outOfOrder();
      receiving.bytes += frame.bytes.length;
      if (receiving.bytes > receiving.mostBytes) {
        throw new StoaError("too_large", { details: { limit: receiving.mostBytes } });
      }
      await writer.add(frame.bytes);
      onBytes();
    }
    await writer.flush();
    await handle.utimes(seconds(mtimeMs), seconds(mtimeMs));
    receiving.files += 1;
    if (receiving.unsynced.size >= SYNC_AT_ONCE) await receiving.unsynced.flush();
  });
}

/** Files that are written, and not on the disk for certain. */
class Unsynced implements AsyncDisposable {
  #handles: FileHandle[] = [];

  get size(): number {
    return this.#handles.length;
  }

  add(handle: FileHandle): void {
    this.#handles.push(handle);
  }

  /** Syncs and closes all. @throws the first failure, after the last was closed */
  async flush(): Promise<void> {
    const handles = this.#handles;
    this.#handles = [];
    const done = await Promise.allSettled(handles.map((handle) => handle.sync().finally(() => handle.close())));
    for (const outcome of done) if (outcome.status === "rejected") throw outcome.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush().catch(() => undefined);
  }
}

/** Between 1970 and what every file system can hold. */
function seconds(ms: number): number {
  return Math.min(Math.max(ms, 0), 4_000_000_000_000) / 1000;
}

function top(stack: readonly Open[]): Open {
  const found = stack.at(-1);
  if (found === undefined) throw outOfOrder();
  return found;
}

function outOfOrder(): StoaError {
  return new StoaError("upstream_failed", {
    message: "The copy did not come through: its parts are in no order that makes sense.",
  });
}
