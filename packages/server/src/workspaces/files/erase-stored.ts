import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { walk } from "./descriptor-walk.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";
import { last } from "./place-files.ts";
import { removeTree } from "./remove-tree.ts";
import { boundsOf, isOutside, openStorage, RESERVED } from "./storage-folder.ts";

export interface StoredPlace {
  /** The person's storage, absolute. */
  readonly directory: string;
  /** Below it. */
  readonly parts: readonly string[];
}

/**
 * Removes a file, or a folder with all that is in it, from a person's storage for good: never what holds their
 * workspaces or their trash, nor anything of another file system that is mounted there. What is gone already is fine.
 * @returns whether there was anything
 * @throws StoaError conflict (a link on the way, permissions, what is not theirs to remove here), disk_full, unavailable
 */
export const eraseStored: FileCommand<StoredPlace, { readonly found: boolean }> = async (
  folders,
  { directory, parts },
  { signal },
) => {
  const [first = ""] = parts;
  const name = last(parts);
  const told = parts.join("/");
  if (name === "" || RESERVED.has(first)) throw conflict(`“${told}” is not to be deleted here`);
  await using storage = await openStorage(directory);
  const bounds = await boundsOf(folders, storage);
  const top = await storage.stat(first);
  if (top?.isDirectory() && isOutside(bounds, top)) {
    throw conflict(`“${first}” holds workspaces, or is another file system: nothing of it is deleted here`);
  }
  await using folder = await walk(storage, parts.slice(0, -1));
  const here = await folder.stat(".");
  if (here?.dev !== bounds.device) throw mounted(told);
  const found = (await folder.stat(name)) !== null;
  await tellingOf(told, () =>
    removeTree(folder, name, signal, (stats) => {
      if (isOutside(bounds, stats)) throw mounted(told);
    }).catch((error: unknown) => {
      // A file that another one is mounted on.
      throw isSystemError(error, "EBUSY") ? mounted(told) : error;
    }),
  );
  await folder.sync();
  return { found };
};

function mounted(told: string): StoaError {
  return conflict(`Another file system is mounted in “${told}”, and stays`);
}

function conflict(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}
