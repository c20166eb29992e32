import { lstat, readdir, readlink, rename, rmdir, symlink, unlink } from "node:fs/promises";
import path from "node:path";
import { giveUpPlace, isEmptyPlace, kindOfPlace, type Places, whereHoused } from "./house-account.ts";
import { directoryIn, type Housed, type PlaceKind, targetIn } from "./inside-storage.ts";

/** Where a person's folders go that have been copied into their storage: beside their place, until they are removed. */
export const APART = ".apart-";
/** A link of ours: what is to stand in the place of the person's workspaces. It says that all was copied. */
const MOVING = ".moving-";
const MOVING_NAME = /^\.moving-([1-9]\d{0,15})$/;
const KINDS = ["trash", "workspaces"] as const satisfies readonly PlaceKind[];

/** The address of what was set aside of a person's place. */
export function asideOf(place: string): string {
  return beside(place, APART);
}

/** The address of the link that says that a move was begun. */
export function moveMarkOf({ workspaces }: Places): string {
  return beside(workspaces, MOVING);
}

/** A copy is not whole, or something stands where the old folders are to go. */
export class CannotMove extends Error {}

/**
 * Has both folders, which hold something, give way to links into the storage, where their copies are already. The first
 * thing that is written is a link beside the workspaces' place; from then on all the rest is done by whoever comes
 * next (`finishMove`), in whatever moment it is cut off.
 * @param directory of the account's storage, absolute
 * @param closeAside told of each folder that is set aside, before its link stands in its place; safe to repeat
 * @throws CannotMove nothing was changed
 */
export async function moveAccount(places: Places, directory: string, closeAside = leaveOpen): Promise<Housed> {
  await finishMove(places, closeAside);
  if ((await kindOfPlace(places.workspaces)) === "link") return "inside";
  for (const kind of KINDS) {
    if ((await kindOfPlace(asideOf(places[kind]))) !== null) {
      throw new CannotMove(`the ${kind} of an earlier move are still there`);
    }
    const copy = targetIn(directory, kind);
    const stats = await lstat(copy).catch(absent);
    if (!stats?.isDirectory()) throw new CannotMove(`${copy} is no directory`);
  }
  await symlink(targetIn(directory, "workspaces"), moveMarkOf(places)).catch(unlessThere);
  await finishMove(places, closeAside);
  return whereHoused(places);
}

/** Does what is left of a move that was begun, if one was. Safe to repeat, and beside others who do it. */
export async function finishMove(places: Places, closeAside = leaveOpen): Promise<void> {
  const intent = moveMarkOf(places);
  const target = await readlink(intent).catch(absent);
  if (target === null) return;
  const directory = directoryIn(target, "workspaces");
  if (directory === null) throw new Error(`the link ${intent} leads to no storage`);
  for (const kind of KINDS) {
    await setAside(places[kind]);
    if ((await kindOfPlace(asideOf(places[kind]))) === "folder") await closeAside(kind);
    if (kind === "trash") await linkTo(targetIn(directory, kind), places.trash);
    else await rename(intent, places.workspaces).catch(unlessGone);
  }
}

/** Whose moves were begun and not finished. @param root the folder of all people's workspaces */
export async function unfinishedMoves(root: string): Promise<number[]> {
  const names = await readdir(root);
  return names.flatMap((name) => MOVING_NAME.exec(name)?.[1] ?? []).map(Number);
}

/** Removes what was set aside, once there is nothing in it. True: it is gone. */
export async function removeAside(places: Places): Promise<boolean> {
  let left = 0;
  for (const kind of KINDS) {
    await rmdir(asideOf(places[kind])).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTEMPTY" || error.code === "EEXIST") left += 1;
      else if (error.code !== "ENOENT") throw error;
    });
  }
  return left === 0;
}

/** Afterwards there is nothing in this place, or a link. */
async function setAside(place: string): Promise<void> {
  for (;;) {
    const kind = await kindOfPlace(place);
    if (kind === null || kind === "link") return;
    if (kind === "other") throw new Error(`${place} is no folder`);
    const aside = asideOf(place);
    if ((await kindOfPlace(aside)) === null) await rename(place, aside).catch(unlessDone);
    // An empty one that was made in the meantime.
    else if (await isEmptyPlace(place)) await giveUpPlace(place);
    else throw new Error(`${place} was set aside as ${aside}, and there is another one with something in it`);
  }
}

/** One that leads elsewhere is ours as well: of storage that was theirs once. */
async function linkTo(target: string, place: string): Promise<void> {
  for (;;) {
    const present = await readlink(place).catch(absent);
    if (present === target) return;
    if (present !== null) await unlink(place).catch(unlessGone);
    await symlink(target, place).catch(unlessThere);
  }
}

function beside(place: string, mark: string): string {
  return path.join(path.dirname(place), mark + path.basename(place));
}

async function leaveOpen(_kind: PlaceKind): Promise<void> {
  // Where the server itself is the owner of everybody's, nobody else is kept out.
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return null;
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** Somebody else who finishes it was faster. */
function unlessDone(error: NodeJS.ErrnoException): void {
  if (error.code !== "EISDIR" && error.code !== "ENOTEMPTY" && error.code !== "EEXIST") unlessGone(error);
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
