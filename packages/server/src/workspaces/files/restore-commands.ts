import type { FileCommand } from "../file-work/contract.ts";
import { walkMaking } from "./descriptor-walk.ts";
import { fileError, tellingOf } from "./file-errors.ts";
import { moveToFreeName } from "./move-to-free-name.ts";
import { openEntry, type Trashed } from "./trash-entry.ts";

/**
 * Brings a file or folder back from the trash; missing folders on the way are made.
 * @returns the name it got: another one when its own was taken
 * @throws StoaError not_found, conflict (a file or link in the place of a folder)
 */
export const restoreFile: FileCommand<
  Trashed & { readonly workspace: number; readonly into: readonly string[] },
  { readonly name: string }
> = async (folders, { entry, name, workspace, into }) => {
  await using root = await folders.workspace(workspace);
  await using folder = await walkMaking(root, into);
  const path = [...into, name].join("/");
  await using kept = await tellingOf(path, () => openEntry(folders, entry));
  return { name: await tellingOf(path, () => moveToFreeName(kept, name, folder, name)) };
};

/** Brings a workspace back. @throws StoaError conflict when a folder stands in its place */
export const restoreWorkspace: FileCommand<{ readonly entry: number; readonly workspace: number }, null> = async (
  folders,
  { entry, workspace },
) => {
  const name = String(workspace);
  await using account = await folders.account();
  await using kept = await tellingOf({ ours: "the workspace" }, () => openEntry(folders, entry));
  if ((await account.stat(name)) !== null) {
    throw fileError(Object.assign(new Error("taken"), { code: "EEXIST" }), { ours: "the workspace's folder" });
  }
  await tellingOf({ ours: "the workspace" }, () => moveToFreeName(kept, name, account, name));
  return null;
};
