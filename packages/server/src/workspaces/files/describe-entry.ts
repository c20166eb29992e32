import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { walk } from "./descriptor-walk.ts";
import { describe, type FolderEntry } from "./list-folder.ts";
import { last } from "./place-files.ts";

/** One file or folder as a listing shows it, a link as itself. @throws StoaError not_found, conflict (a link on the way) */
export const describeEntry: FileCommand<{ workspace: number; parts: readonly string[] }, FolderEntry> = async (
  folders,
  { workspace, parts },
) => {
  await using root = await folders.workspace(workspace);
  await using folder = await walk(root, parts.slice(0, -1));
  const entry = await describe(folder, parts.slice(0, -1), last(parts) || ".");
  if (entry === null) throw new StoaError("not_found", { details: { what: `file or folder ${parts.join("/")}` } });
  return entry;
};
