import { chmod, readdir, rm } from "node:fs/promises";
import path from "node:path";

/**
 * Removes what a restore had laid ready. Folders that their owner had closed (a mode without rwx) are opened first:
 * who is not root can't empty them otherwise. Links are never followed.
 * @throws nothing: what can't be removed keeps a name that says what it is, and `stoa doctor` lists it
 */
export async function removeStaging(directory: string): Promise<void> {
  await openFolders(directory).catch(() => undefined);
  await rm(directory, { recursive: true, force: true }).catch(() => undefined);
}

async function openFolders(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(path.join(directory, entry.name));
  }
}
