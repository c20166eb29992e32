import type { FileCommand } from "../file-work/contract.ts";
import { walk } from "./descriptor-walk.ts";
import { tellingOf } from "./file-errors.ts";
import type { EntryPlace } from "./move-entry.ts";
import { last } from "./place-files.ts";
import { removeTree } from "./remove-tree.ts";

/**
 * Removes a file, or a folder with all that is in it, for good and where it is: on the way to the trash a folder is
 * made, for which a full quota has no room. What is gone already is fine; what is left when the signal comes goes the
 * next time.
 * @returns whether there was anything
 * @throws StoaError conflict (a link on the way, permissions), disk_full (a full dataset refuses even this)
 */
export const eraseEntry: FileCommand<EntryPlace, { readonly found: boolean }> = async (
  folders,
  { workspace, parts },
  io,
) => {
  await using root = await folders.workspace(workspace);
  await using folder = await walk(root, parts.slice(0, -1));
  const name = last(parts);
  if (name === "") return { found: false };
  const found = (await folder.stat(name)) !== null;
  await tellingOf(parts.join("/"), () => removeTree(folder, name, io.signal));
  await folder.sync();
  return { found };
};
