import { readlink, symlink } from "node:fs/promises";
import type { OpenFolder } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";
import { removeTree } from "./remove-tree.ts";

/** The name of the note beside a staged copy, a link that leads nowhere: it says which inode is to have its name. */
export const noteOf = (name: string) => `${name}.inode`;

/** Null: nothing was noted. */
export async function readNote(staging: OpenFolder, name: string): Promise<string | null> {
  return readlink(staging.at(noteOf(name))).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT", "EINVAL")) return null;
    throw error;
  });
}

/** Returns when it is on the disk. @throws the system's errors */
export async function writeNote(staging: OpenFolder, name: string, inode: number): Promise<void> {
  await removeTree(staging, noteOf(name));
  await symlink(String(inode), staging.at(noteOf(name)));
  await staging.sync();
}
