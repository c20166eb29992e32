import { rename, rmdir } from "node:fs/promises";
import type { FileCommand, PersonFolders } from "../file-work/contract.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { fileError, isSystemError, tellingOf } from "./file-errors.ts";
import { last } from "./place-files.ts";
import { removeTree } from "./remove-tree.ts";

const PRIVATE = 0o700;

/** A thing in the trash: the folder of its entry, and its name in there, which is the one it had. */
export interface Trashed {
  readonly entry: number;
  readonly name: string;
}

/** The entry's folder in the trash, made when absent. @throws the system's errors: its name is our row's number */
export async function openEntry(folders: PersonFolders, entry: number): Promise<OpenFolder> {
  await using trash = await folders.trash();
  return (await trash.ensure(String(entry), PRIVATE)).folder;
}

/** True when the deleted thing is in the trash, whatever its row says. */
export const isInTrash: FileCommand<Trashed, boolean> = async (folders, { entry, name }) => {
  await using trash = await folders.trash();
  if ((await trash.stat(String(entry))) === null) return false;
  await using folder = await walk(trash, [String(entry)]);
  return (await folder.stat(name)) !== null;
};

/** Removes the folder of an entry that holds nothing any more. */
export const clearEntry: FileCommand<{ readonly entry: number }, null> = async (folders, { entry }) => {
  await using trash = await folders.trash();
  await rmdir(trash.at(String(entry))).catch((error: unknown) => {
    if (!isSystemError(error, "ENOENT", "ENOTEMPTY")) throw error;
  });
  return null;
};

/** Removes an entry with all that is in it; what is left when the signal comes goes the next time. */
export const purgeEntry: FileCommand<{ readonly entry: number }, null> = async (folders, { entry }, io) => {
  await using trash = await folders.trash();
  await removeTree(trash, String(entry), io.signal);
  return null;
};

/** Moves a file, folder or link to the trash. @throws StoaError not_found, conflict (permissions, a link on the way) */
export const trashFile: FileCommand<
  { readonly workspace: number; readonly parts: readonly string[]; readonly entry: number },
  null
> = async (folders, { workspace, parts, entry }) => {
  await using root = await folders.workspace(workspace);
  await using folder = await walk(root, parts.slice(0, -1));
  const path = parts.join("/");
  await using kept = await tellingOf(path, () => openEntry(folders, entry));
  await tellingOf(path, () => rename(folder.at(last(parts)), kept.at(last(parts))));
  await kept.sync();
  await folder.sync();
  return null;
};

/** Moves a whole workspace to the trash; safe to repeat. */
export const trashWorkspace: FileCommand<{ readonly workspace: number; readonly entry: number }, null> = async (
  folders,
  { workspace, entry },
) => {
  const name = String(workspace);
  await using account = await folders.account();
  await using kept = await tellingOf({ ours: "the workspace" }, () => openEntry(folders, entry));
  const move = () => rename(account.at(name), kept.at(name));
  await move()
    .catch(async (error: unknown) => {
      // A session may have closed its own folder.
      if (!isSystemError(error, "EACCES")) throw error;
      await account.unlock(name);
      await move();
    })
    .catch((error: unknown) => {
      // An earlier attempt moved it.
      if (!isSystemError(error, "ENOENT")) throw fileError(error, { ours: "the workspace" });
    });
  await kept.sync();
  await account.sync();
  return null;
};
