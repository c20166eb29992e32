import type { FileCommand } from "../file-work/contract.ts";
import { walk } from "./descriptor-walk.ts";
import { describe } from "./list-folder.ts";
import type { EntryPlace } from "./move-entry.ts";
import { last } from "./place-files.ts";
import { scanTree } from "./scan-tree.ts";

/** Bytes of a file, or of all files in a folder, as far as they can be read. 0 for what is not there. */
export const measureEntry: FileCommand<EntryPlace, { readonly bytes: number }> = async (
  folders,
  { workspace, parts },
) => {
  await using root = await folders.workspace(workspace);
  await using parent = await walk(root, parts.slice(0, -1));
  const entry = await describe(parent, [], last(parts) || ".");
  if (entry?.type !== "folder") return { bytes: entry?.size ?? 0 };
  await using folder = await walk(root, parts);
  return { bytes: (await scanTree(folder)).bytes };
};
