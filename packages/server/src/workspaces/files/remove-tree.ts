import { rmdir, unlink } from "node:fs/promises";
import type { OpenFolder } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";

/**
 * Removes `name` and all below it, never through a link. What is gone already is fine: a repeated removal
 * ends where the first would have.
 */
export async function removeTree(parent: OpenFolder, name: string): Promise<void> {
  try {
    await unlink(parent.at(name));
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return;
    // Linux says EISDIR for a folder, POSIX EPERM.
    if (!isSystemError(error, "EISDIR", "EPERM")) throw error;
    await emptyFolder(parent, name).catch(async (refusal: unknown) => {
      if (!isSystemError(refusal, "EACCES")) throw refusal;
      await parent.unlock(name);
      await emptyFolder(parent, name);
    });
    await rmdir(parent.at(name)).catch(ignoreGone);
  }
}

async function emptyFolder(parent: OpenFolder, name: string): Promise<void> {
  await using folder = await parent.folder(name);
  for (const entry of await folder.entries()) await removeTree(folder, entry.name);
}

function ignoreGone(error: unknown): void {
  if (!isSystemError(error, "ENOENT")) throw error;
}
