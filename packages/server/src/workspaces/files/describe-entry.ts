import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { walk } from "./descriptor-walk.ts";
import { describe, type FolderEntry } from "./list-folder.ts";
import { openWorkspace, type ReadPlace } from "./open-snapshot.ts";
import { last } from "./place-files.ts";

/** One file or folder as a listing shows it, a link as itself. @throws StoaError not_found, conflict (a link on the way) */
export const describeEntry: FileCommand<ReadPlace, FolderEntry> = async (folders, place) => {
  const { parts } = place;
  await using root = await openWorkspace(folders, place);
  await using folder = await walk(root, parts.slice(0, -1));
  const entry = await describe(folder, parts.slice(0, -1), last(parts) || ".");
  if (entry === null) throw new StoaError("not_found", { details: { what: `file or folder ${parts.join("/")}` } });
  return entry;
};
