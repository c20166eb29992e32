import { lstat, readdir, readlink, rmdir, symlink, unlink } from "node:fs/promises";
import { type Housed, type PlaceKind, targetIn } from "./inside-storage.ts";

/**
 * The addresses of an account's two folders in the data directory, each in a folder that is held open and that nobody
 * but us writes into.
 */
export type Places = Readonly<Record<PlaceKind, string>>;

const STAGING = ".staging";

/** Where the account's folders lie. The workspaces' tells: its link is the last that is made. */
export async function whereHoused({ workspaces, trash }: Places): Promise<Housed> {
  if ((await kindOfPlace(workspaces)) === "link") return "inside";
  return (await isEmptyPlace(workspaces)) && (await isEmptyPlace(trash)) ? "empty" : "apart";
}

/**
 * Puts links in the places of both folders, if there is nothing in them. What they lead to is made by whoever opens it
 * first. Killed at any moment it is done again.
 * @param directory of the account's storage, absolute
 * @returns where the folders lie now
 */
export async function houseAccount(places: Places, directory: string): Promise<Housed> {
  const found = await whereHoused(places);
  if (found !== "empty") return found;
  for (const kind of ["trash", "workspaces"] as const) {
    if (!(await giveUpPlace(places[kind]))) return "apart";
    if (!(await link(places[kind], targetIn(directory, kind)))) return "apart";
  }
  return "inside";
}

/** Takes the links away, where there are any: what is opened next is made here. What they lead to stays. */
export async function unhouseAccount(places: Places): Promise<void> {
  for (const kind of ["workspaces", "trash"] as const) {
    if ((await kindOfPlace(places[kind])) === "link") await unlink(places[kind]);
  }
}

/** What stands in a place; a link is not followed. Null: nothing. */
export async function kindOfPlace(place: string): Promise<"link" | "folder" | "other" | null> {
  const stats = await lstat(place).catch((error: unknown) =>
    codeOf(error) === "ENOENT" ? null : Promise.reject(error),
  );
  if (stats === null) return null;
  return stats.isSymbolicLink() ? "link" : stats.isDirectory() ? "folder" : "other";
}

/** A link is as good as nothing: nobody has come by it yet. */
export async function isEmptyPlace(place: string): Promise<boolean> {
  const kind = await kindOfPlace(place);
  if (kind !== "folder") return kind !== "other";
  const names = await readdir(place);
  if (names.some((name) => name !== STAGING)) return false;
  const staging = `${place}/${STAGING}`;
  return names.length === 0 || ((await kindOfPlace(staging)) === "folder" && (await readdir(staging)).length === 0);
}

/** Removes an empty folder; false: somebody has put something in it since. */
export async function giveUpPlace(place: string): Promise<boolean> {
  for (const one of [`${place}/${STAGING}`, place]) {
    try {
      await rmdir(one);
    } catch (error) {
      const code = codeOf(error);
      if (code === "ENOTEMPTY" || code === "EEXIST") return false;
      // Nothing is there, or a link already.
      if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    }
  }
  return true;
}

async function link(place: string, target: string): Promise<boolean> {
  try {
    await symlink(target, place);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return (await readlink(place).catch(() => null)) === target;
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
