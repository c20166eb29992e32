import { rmdir } from "node:fs/promises";
import { type OpenFolder, walk, walkMaking } from "../files/descriptor-walk.ts";
import type { Directories } from "../files/directories.ts";
import { isSystemError } from "../files/file-errors.ts";
import { last } from "../files/place-files.ts";
import type { TrashRow } from "../tables.ts";

const PRIVATE = 0o700;
type Entry = Pick<TrashRow, "id" | "owner_id" | "workspace_id" | "kind" | "path">;

/** What an entry's only item is called: as it was, so that an operator finds it by hand too. */
export function keptName(entry: Entry): string {
  return entry.kind === "workspace" ? String(entry.workspace_id) : last(entry.path.split("/"));
}

/** The entry's folder in the trash, made when absent. */
export async function openEntry(directories: Directories, entry: Entry): Promise<OpenFolder> {
  await using trash = await directories.openTrash(entry.owner_id);
  return await walkMaking(trash, [String(entry.id)], PRIVATE);
}

/** True when the deleted thing is in the trash, whatever its row says. */
export async function isInTrash(directories: Directories, entry: Entry): Promise<boolean> {
  await using trash = await directories.openTrash(entry.owner_id);
  if ((await trash.stat(String(entry.id))) === null) return false;
  await using folder = await walk(trash, [String(entry.id)]);
  return (await folder.stat(keptName(entry))) !== null;
}

/** Removes the folder of an entry that holds nothing any more. */
export async function removeEntryFolder(directories: Directories, entry: Entry): Promise<void> {
  await using trash = await directories.openTrash(entry.owner_id);
  await rmdir(trash.at(String(entry.id))).catch((error: unknown) => {
    if (!isSystemError(error, "ENOENT", "ENOTEMPTY")) throw error;
  });
}
