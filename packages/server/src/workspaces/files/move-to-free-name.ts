import { link, lstat, mkdir, rename, rmdir, unlink } from "node:fs/promises";
import path from "node:path";
import type { OpenFolder } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";

const TRIES = 1_000;
const NAME_BYTES = 255;

/**
 * Moves `name` from one folder to another of the same file system under `wanted`, or, when that is taken,
 * under `wanted (2)`, `wanted (3)`, … Nothing that is there is ever replaced, not even in a race.
 * @returns the name it got
 * @throws the system's ENOENT when there is nothing to move
 */
export async function moveToFreeName(from: OpenFolder, name: string, to: OpenFolder, wanted: string): Promise<string> {
  for (let count = 1; count <= TRIES; count += 1) {
    const candidate = count === 1 ? wanted : numbered(wanted, count);
    try {
      await moveTo(from, name, to, candidate);
      return candidate;
    } catch (error) {
      if (!isSystemError(error, "EEXIST", "ENOTEMPTY", "ENOTDIR")) throw error;
    }
  }
  throw Object.assign(new Error("no free name"), { code: "EEXIST" });
}

/**
 * The same under exactly this name. Returns when both folders are on the disk.
 * @throws the system's EEXIST when it is taken, ENOENT when there is nothing to move
 */
export async function moveTo(from: OpenFolder, name: string, to: OpenFolder, wanted: string): Promise<void> {
  const isFolder = (await from.stat(name))?.isDirectory() ?? false;
  await (isFolder ? moveFolder : moveFile)(from.at(name), to.at(wanted));
  await to.sync();
  await from.sync();
}

/** A rename replaces what is there; a second name for the file can't. */
async function moveFile(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    // The kernel gives no second name to files of others, nor a file system that has none to give.
    if (!isSystemError(error, "EPERM", "EMLINK", "EOPNOTSUPP")) throw error;
    return renameToFree(source, target);
  }
  await unlink(source);
}

async function renameToFree(source: string, target: string): Promise<void> {
  if (await isTaken(target)) throw Object.assign(new Error(`${target} is taken`), { code: "EEXIST" });
  await rename(source, target);
}

function isTaken(target: string): Promise<boolean> {
  return lstat(target).then(
    () => true,
    (error: unknown) => {
      if (isSystemError(error, "ENOENT")) return false;
      throw error;
    },
  );
}

/** A rename of a folder replaces an empty folder only: one of ours, made for it. */
async function moveFolder(source: string, target: string): Promise<void> {
  await mkdir(target);
  await rename(source, target).catch(async (error: unknown) => {
    await rmdir(target).catch(() => undefined);
    throw error;
  });
}

/** `report (2).csv`; the name is shortened where the number would make it too long. */
export function numbered(name: string, count: number): string {
  const extension = path.extname(name);
  const tail = ` (${count})${extension}`;
  let stem = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(stem + tail) > NAME_BYTES && stem !== "") stem = [...stem].slice(0, -1).join("");
  return stem + tail;
}
