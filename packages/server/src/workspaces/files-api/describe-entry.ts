import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { WorkspaceContext } from "../context.ts";
import { walk } from "../files/descriptor-walk.ts";
import { describe, type FolderEntry } from "../files/list-folder.ts";
import { last } from "../files/place-files.ts";

/** One file or folder as a listing shows it. @throws StoaError not_found */
export async function describeEntry(
  context: WorkspaceContext,
  ownerId: number,
  id: number,
  parts: readonly string[],
): Promise<FolderEntry> {
  await using root = await context.directories.openWorkspace(ownerId, id);
  await using folder = await walk(root, parts.slice(0, -1));
  const entry = await describe(folder, parts.slice(0, -1), last(parts));
  if (entry === null) throw new StoaError("not_found", { details: { what: `file or folder ${parts.join("/")}` } });
  return entry;
}
