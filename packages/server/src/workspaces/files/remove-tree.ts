import { randomUUID } from "node:crypto";
import { rename, rmdir, unlink } from "node:fs/promises";
import type { FolderCheck, OpenFolder } from "./descriptor-walk.ts";
import type { EntryName } from "./entry-names.ts";
import { isSystemError } from "./file-errors.ts";

/** Folders held open at once. What lies deeper is moved up first, so that no depth is too much. */
const DEEPEST = 32;
/** A session that goes on writing into what we remove would keep us for ever. */
const MOST_MS = 10 * 60_000;

/**
 * Removes `name` and all below it, never through a link, at any depth and of any width in bounded memory.
 * What is gone already is fine: a repeated removal ends where the first would have, an interrupted one is
 * repeated.
 * @param signal ends it with an error between two entries; left out: after ten minutes
 * @param check looks at each folder that is entered, by a descriptor of it; what it throws ends it, and the folder
 *   stays as it is
 * @throws the system's errors, for what can't be removed (an immutable file)
 */
export async function removeTree(
  parent: OpenFolder,
  name: EntryName,
  signal: AbortSignal = AbortSignal.timeout(MOST_MS),
  check: FolderCheck | null = null,
): Promise<void> {
  if (!(await removeLeaf(parent, name))) await removeFolder(parent, name, { signal, check, top: null, depth: 1 });
}

interface Removal {
  readonly signal: AbortSignal;
  readonly check: FolderCheck | null;
  /** The folder that is removed in the end; null: this one is it. */
  readonly top: OpenFolder | null;
  readonly depth: number;
}

async function removeFolder(parent: OpenFolder, name: EntryName, removal: Removal): Promise<void> {
  for (;;) {
    const found = await unlocking(parent, name, removal.check, async () => {
      await using folder = await parent.folder(name);
      if (removal.check !== null) removal.check(await folder.self(), folder.descriptor);
      return await empty(folder, { ...removal, top: removal.top ?? folder });
    });
    try {
      return await rmdir(parent.at(name));
    } catch (error) {
      if (isSystemError(error, "ENOENT")) return;
      // Moved up from deeper, or written meanwhile: another round takes it.
      if (!isSystemError(error, "ENOTEMPTY", "EEXIST") || found === 0) throw error;
    }
  }
}

/** Returns how many entries it met. */
async function empty(folder: OpenFolder, removal: Removal & { readonly top: OpenFolder }): Promise<number> {
  let found = 0;
  for await (const { name } of await folder.items()) {
    removal.signal.throwIfAborted();
    found += 1;
    if (await removeLeaf(folder, name)) continue;
    if (removal.depth < DEEPEST) await removeFolder(folder, name, { ...removal, depth: removal.depth + 1 });
    else await unlocking(folder, name, removal.check, () => rename(folder.at(name), removal.top.at(randomUUID())));
  }
  return found;
}

/** False: it is a folder. */
async function removeLeaf(parent: OpenFolder, name: EntryName): Promise<boolean> {
  try {
    await unlink(parent.at(name));
    return true;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return true;
    // Linux says EISDIR for a folder, POSIX EPERM.
    if (isSystemError(error, "EISDIR", "EPERM")) return false;
    throw error;
  }
}

/** Does the work again on a folder that its owner had closed to us. */
async function unlocking<T>(
  parent: OpenFolder,
  name: EntryName,
  check: FolderCheck | null,
  work: () => Promise<T>,
): Promise<T> {
  return work().catch(async (error: unknown) => {
    if (!isSystemError(error, "EACCES")) throw error;
    await parent.unlock(name, check);
    return work();
  });
}
