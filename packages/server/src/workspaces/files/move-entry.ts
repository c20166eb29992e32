import { rename } from "node:fs/promises";
import type { FileCommand, PersonFolders } from "../file-work/contract.ts";
import { type OpenFolder, walk, walkMaking } from "./descriptor-walk.ts";
import { isSystemError, tellingOf } from "./file-errors.ts";
import { moveTo } from "./move-to-free-name.ts";
import { last } from "./place-files.ts";
import { openEntry } from "./trash-entry.ts";

/** A file or folder of a workspace. */
export interface EntryPlace {
  readonly workspace: number;
  readonly parts: readonly string[];
}

export interface Move {
  readonly from: EntryPlace;
  readonly to: EntryPlace;
  /** The entry in the trash for what stands in the place; null: nothing may stand there. */
  readonly replaced: number | null;
}

/**
 * Moves or renames within a person's workspaces, each thing at once. Missing folders on the way are made. Nothing is
 * ever replaced: what stands in the place goes to the trash first, and comes back when the move then fails.
 * @throws StoaError not_found, conflict (taken, permissions, a link on the way)
 */
export const moveEntry: FileCommand<Move, null> = async (folders, { from, to, replaced }) => {
  await using fromRoot = await folders.workspace(from.workspace);
  await using source = await walk(fromRoot, from.parts.slice(0, -1));
  const name = last(from.parts);
  // Told before anything is made or moved away for it.
  await tellingOf(from.parts.join("/"), () => requireThere(source, name));
  await using toRoot = await folders.workspace(to.workspace);
  await using target = await walkMaking(toRoot, to.parts.slice(0, -1));
  const move = async () => {
    await moveTo(source, name, target, last(to.parts));
  };
  await tellingOf(to.parts.join("/"), () => replacing(folders, target, last(to.parts), replaced, move));
  return null;
};

async function requireThere(folder: OpenFolder, name: string): Promise<void> {
  if ((await folder.stat(name)) === null) throw Object.assign(new Error("nothing there"), { code: "ENOENT" });
}

/**
 * Runs `place`, which gives the name to something new, with what has the name now in the trash.
 * @throws the system's errors; what `place` throws
 */
export async function replacing(
  folders: PersonFolders,
  folder: OpenFolder,
  name: string,
  entry: number | null,
  place: () => Promise<void>,
): Promise<void> {
  if (entry === null || (await folder.stat(name)) === null) return place();
  await using kept = await openEntry(folders, entry);
  await rename(folder.at(name), kept.at(name));
  await kept.sync();
  try {
    await place();
  } catch (error) {
    await putBack(kept, name, folder);
    throw error;
  }
}

/**
 * A full disk has room for nothing new, be it an empty folder or a second name. So a folder comes back by a plain
 * rename, which replaces an empty folder at most, and a file by one where a name can't be added.
 */
export async function putBack(kept: OpenFolder, name: string, folder: OpenFolder): Promise<void> {
  const back = () => rename(kept.at(name), folder.at(name));
  if ((await kept.stat(name))?.isDirectory()) await back();
  else {
    await moveTo(kept, name, folder, name).catch(async (error: unknown) => {
      if (!isSystemError(error, "ENOSPC", "EDQUOT") || (await folder.stat(name)) !== null) throw error;
      await back();
    });
  }
  await folder.sync();
  await kept.sync();
}
