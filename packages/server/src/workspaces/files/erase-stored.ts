import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { isSystemError, quoted, tellingOf } from "./file-errors.ts";
import { parsePath } from "./file-names.ts";
import { last } from "./place-files.ts";
import { removeTree } from "./remove-tree.ts";
import { boundsOf, isMounted, isOutside, openStorage, RESERVED, type StorageBounds } from "./storage-folder.ts";

export interface StoredPlace {
  /** The person's storage, absolute. */
  readonly directory: string;
  /** What it is, by the numbers of its file system and inode: another directory of this name is somebody else's. */
  readonly device: number;
  readonly inode: number;
  /** Below it. */
  readonly parts: readonly string[];
}

/** Parts of a path below somebody's storage. @throws StoaError invalid: it can be nothing that is theirs to delete */
export function storedParts(path: string): string[] {
  const parts = parsePath(path);
  const [first = ""] = parts;
  if (first === "" || RESERVED.has(first)) {
    const problem = `${quoted(path.slice(0, 80))} is not to be deleted: it is the storage itself, or Stoa's`;
    throw new StoaError("invalid", { details: { problem } });
  }
  return parts;
}

/**
 * Removes a file, or a folder with all that is in it, from a person's storage for good: never what holds their
 * workspaces or their trash, nor anything that is mounted there, of whichever file system. What is gone already is fine.
 * @returns whether there was anything
 * @throws StoaError conflict (a link on the way, permissions, what is not theirs to remove here, another directory),
 *   disk_full, unavailable
 */
export const eraseStored: FileCommand<StoredPlace, { readonly found: boolean }> = async (
  folders,
  { directory, device, inode, parts },
  { signal },
) => {
  const [first = ""] = parts;
  const name = last(parts);
  const told = parts.join("/");
  if (name === "" || RESERVED.has(first)) throw conflict(`${quoted(told)} is not to be deleted here`);
  await using storage = await openStorage(directory);
  const own = await storage.self();
  if (own.dev !== device || own.ino !== inode) throw conflict("This storage has become another one");
  const bounds = await boundsOf(folders, storage);
  // Known beforehand: nothing of it goes then, nor is anything looked at that may not answer.
  if (isMounted(bounds, told)) throw mounted(told);
  await requireNotHeld(bounds, storage, first);
  await using folder = await walk(storage, parts.slice(0, -1));
  if (isOutside(bounds, await folder.self(), folder.descriptor)) throw mounted(told);
  const found = (await folder.stat(name)) !== null;
  await tellingOf(told, () =>
    removeTree(folder, name, signal, (stats, descriptor) => {
      // Mounted in the meantime.
      if (isOutside(bounds, stats, descriptor)) throw mounted(told);
    }).catch((error: unknown) => {
      throw refusalOf(error, told);
    }),
  );
  await folder.sync();
  return { found };
};

async function requireNotHeld({ held, device }: StorageBounds, storage: OpenFolder, first: string): Promise<void> {
  const top = await storage.stat(first);
  if (top?.dev === device && held.has(top.ino)) {
    throw conflict(`${quoted(first)} holds workspaces or their trash: nothing of it is deleted here`);
  }
}

function refusalOf(error: unknown, told: string): unknown {
  // A file that another one is mounted on.
  if (isSystemError(error, "EBUSY")) return mounted(told, error);
  if (isSystemError(error, "EROFS")) return conflict(`${quoted(told)} can only be read here`, error);
  if (isSystemError(error, "EIO", "ESTALE", "ENXIO", "ETIMEDOUT")) {
    return conflict(`The disk that ${quoted(told)} lies on fails; a part of it may be gone`, error);
  }
  return error;
}

function mounted(told: string, cause?: unknown): StoaError {
  return conflict(`Something else is mounted in ${quoted(told)}, and stays`, cause);
}

function conflict(problem: string, cause?: unknown): StoaError {
  return new StoaError("conflict", { details: { problem }, cause });
}
