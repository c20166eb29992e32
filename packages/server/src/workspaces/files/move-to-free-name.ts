import { link, mkdir, rename, rmdir, unlink } from "node:fs/promises";
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
  const isFolder = (await from.stat(name))?.isDirectory() ?? false;
  for (let count = 1; count <= TRIES; count += 1) {
    const candidate = count === 1 ? wanted : numbered(wanted, count);
    try {
      await (isFolder ? moveFolder : moveFile)(from.at(name), to.at(candidate));
      await to.sync();
      await from.sync();
      return candidate;
    } catch (error) {
      if (!isSystemError(error, "EEXIST", "ENOTEMPTY", "ENOTDIR")) throw error;
    }
  }
  throw Object.assign(new Error("no free name"), { code: "EEXIST" });
}

/** A rename replaces what is there; a second name for the file can't. */
async function moveFile(source: string, target: string): Promise<void> {
  await link(source, target);
  await unlink(source);
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
