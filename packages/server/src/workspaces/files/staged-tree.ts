import { spawn } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, writeSync } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import { batchesTo } from "./batched-writer.ts";
import { FOLDER_MODE, type OpenFolder } from "./descriptor-walk.ts";
import { createDiskPace } from "./disk-pace.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
const NEW = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
/** Folders held open; an archive goes through its folders one after another. */
const MOST_OPEN = 64;
/** Files on their way at once, where the disk lets us wait. */
const AT_ONCE = 8;
/** A file up to this size, bytes, is gathered and written in one piece. */
export const SMALL = 256 * 1024;

/** A folder in staging that fills up with a tree, for nobody to see until it is whole. */
export interface StagedTree extends AsyncDisposable {
  /** Makes the folder, and those on the way; one that is there is fine. @throws the system's errors */
  folder(parts: readonly string[]): Promise<void>;
  /**
   * A name that came before, also one that the disk takes for the same, is the system's EEXIST.
   * @throws what `tell` makes of the system's error, perhaps only with a later file or the finish
   */
  file(
    parts: readonly string[],
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    isProgram: boolean,
    tell: (error: unknown) => unknown,
  ): Promise<void>;
  /** Waits until the disk has all of it. */
  finish(): Promise<void>;
}

/** Makes the tree's own folder and opens it. @throws StoaError disk_full */
export async function createStagedTree(staging: OpenFolder, name: string): Promise<StagedTree> {
  await tellingOf({ ours: "the folder" }, () => mkdir(staging.at(name), { mode: FOLDER_MODE }));
  const root = await staging.folder(name);
  const pace = createDiskPace();
  const opened = new Map<string, OpenFolder>();
  const crowd = createCrowd();

  const openAt = async (parts: readonly string[]): Promise<OpenFolder> => {
    if (parts.length === 0) return root;
    const key = parts.join("/");
    const known = opened.get(key);
    if (known) return known;
    const parent = await openAt(parts.slice(0, -1));
    const name = parts.at(-1) ?? "";
    await make(parent.at(name));
    const folder = await parent.folder(name);
    opened.set(key, folder);
    await closeOldest();
    return folder;
  };
  const make = (path: string) =>
    pace
      .do(
        () => mkdirSync(path, { mode: FOLDER_MODE }),
        () => mkdir(path, { mode: FOLDER_MODE }).then(() => undefined),
      )
      .catch((error: unknown) => {
        if (!isSystemError(error, "EEXIST")) throw error;
      });
  const closeOldest = async () => {
    const [oldest] = opened;
    if (oldest === undefined || opened.size <= MOST_OPEN) return;
    opened.delete(oldest[0]);
    // Whoever still writes by this folder's number would write into the next folder that gets it.
    await crowd.settled();
    await oldest[1][Symbol.asyncDispose]();
  };

  return {
    async folder(parts) {
      await openAt(parts);
    },
    async file(parts, bytes, isProgram, tell) {
      const mode = isProgram ? 0o755 : 0o644;
      try {
        const path = (await openAt(parts.slice(0, -1))).at(parts.at(-1) ?? "");
        if (!(bytes instanceof Uint8Array)) return await writeLarge(path, bytes, mode);
        await pace.do(
          () => writeSmall(path, bytes, mode),
          () => crowd.join(writeFile(path, bytes, { flag: NEW, mode }), tell),
        );
      } catch (error) {
        throw tell(error);
      }
    },
    async finish() {
      await crowd.settled();
      await syncTree(root);
    },
    async [Symbol.asyncDispose]() {
      await crowd.settled().catch(() => undefined);
      for (const folder of opened.values()) await folder[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
  };
}

interface Crowd {
  /** Returns when there is room for one more. @throws the first failure of those before */
  join(work: Promise<void>, tell: (error: unknown) => unknown): Promise<void>;
  settled(): Promise<void>;
}

function createCrowd(): Crowd {
  const under = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  const check = () => {
    if (failure) throw failure.error;
  };
  return {
    async join(work, tell) {
      const ended: Promise<void> = work
        .catch((error: unknown) => {
          failure ??= { error: tell(error) };
        })
        .finally(() => under.delete(ended));
      under.add(ended);
      if (under.size >= AT_ONCE) await Promise.race(under);
      check();
    },
    async settled() {
      await Promise.all(under);
      check();
    },
  };
}

function writeSmall(path: string, bytes: Uint8Array, mode: number): void {
  const file = openSync(path, NEW, mode);
  try {
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}

async function writeLarge(path: string, bytes: AsyncIterable<Uint8Array>, mode: number): Promise<void> {
  await using handle = await open(path, NEW, mode);
  await using writer = batchesTo(handle);
  for await (const chunk of bytes) await writer.add(chunk);
  await writer.flush();
}

/**
 * Puts a whole tree onto the disk. Node can sync single files only, and thousands of them cost a commit of the journal
 * each: so the system's own program asks for the file system at once, where there is one.
 */
async function syncTree(root: OpenFolder): Promise<void> {
  await using handle = await open(root.at("."), O_RDONLY | O_DIRECTORY);
  const done = await new Promise<boolean>((resolve) => {
    const stdio = ["ignore", "ignore", "ignore", handle.fd] as const;
    const child = spawn("sync", ["-f", "/proc/self/fd/3"], { env: { PATH: "/usr/bin:/bin" }, stdio: [...stdio] });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
  if (!done) await syncEach(root);
}

async function syncEach(folder: OpenFolder): Promise<void> {
  for await (const entry of await folder.items()) {
    if (entry.isDirectory()) {
      await using inner = await folder.folder(entry.name);
      await syncEach(inner);
    } else {
      await using file = await open(folder.at(entry.name), O_RDONLY | O_NOFOLLOW);
      await file.sync();
    }
  }
  await folder.sync();
}
