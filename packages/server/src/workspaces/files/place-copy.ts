import type { Stats } from "node:fs";
import { rename } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { noteOf, readNote, writeNote } from "./copy-note.ts";
import { walkMaking } from "./descriptor-walk.ts";
import { tellingOf } from "./file-errors.ts";
import { type EntryPlace, replacing } from "./move-entry.ts";
import { moveTo } from "./move-to-free-name.ts";
import { last } from "./place-files.ts";
import { removeTree } from "./remove-tree.ts";

/**
 * Gives a staged copy its name, at once. Killed at any point and repeated, it ends as if it had not been: before
 * the name is given, a note beside the copy says which inode is to have it.
 * @throws StoaError conflict (the name is taken)
 */
export const placeCopy: FileCommand<
  { readonly name: string; readonly to: EntryPlace; readonly replaced: number | null },
  null
> = async (folders, { name, to, replaced }) => {
  await using staging = await folders.staging();
  await using root = await folders.workspace(to.workspace);
  await using target = await walkMaking(root, to.parts.slice(0, -1));
  const wanted = last(to.parts);
  const staged = await staging.stat(name);
  const there = await target.stat(wanted);
  const noted = await readNote(staging, name);
  if (isPlaced(noted, staged, there)) {
    await removeTree(staging, name);
    return null;
  }
  if (staged === null) throw new StoaError("not_found", { details: { what: "copy that was to get its name" } });
  // Killed between the two steps of a folder's move, a first attempt left an empty one in its place.
  const again = noted === String(staged.ino) && staged.isDirectory();
  const place = again ? () => rename(staging.at(name), target.at(wanted)) : () => moveTo(staging, name, target, wanted);
  await tellingOf(to.parts.join("/"), () => writeNote(staging, name, staged.ino));
  await tellingOf(to.parts.join("/"), () => replacing(folders, target, wanted, replaced, place));
  await target.sync();
  await staging.sync();
  return null;
};

/** Whether an earlier attempt, killed before it could say so, gave the copy its name: then nothing is left to copy. */
export const isCopyPlaced: FileCommand<{ readonly name: string; readonly to: EntryPlace }, boolean> = async (
  folders,
  { name, to },
) => {
  await using staging = await folders.staging();
  const noted = await readNote(staging, name);
  if (noted === null) return false;
  await using root = await folders.workspace(to.workspace);
  await using target = await walkMaking(root, to.parts.slice(0, -1));
  const [staged, there] = [await staging.stat(name), await target.stat(last(to.parts))];
  return isPlaced(noted, staged, there);
};

/** A file may still have its staged name as well. */
function isPlaced(noted: string | null, staged: Stats | null, there: Stats | null): boolean {
  return there !== null && noted === String(there.ino) && (staged === null || staged.ino === there.ino);
}

/** Removes what is left of a copy: after its end, well or badly. */
export const discardCopy: FileCommand<{ readonly name: string }, null> = async (folders, { name }) => {
  await using staging = await folders.staging();
  for (const left of [name, `${name}.part`, noteOf(name)]) await removeTree(staging, left);
  return null;
};
