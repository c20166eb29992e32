import { randomUUID } from "node:crypto";
import { lstatSync, type Stats } from "node:fs";
import { link, mkdir, rename, rmdir } from "node:fs/promises";
import type { FileCommand } from "../file-work/contract.ts";
import { FOLDER_MODE, type OpenFolder, walk, walkMaking } from "./descriptor-walk.ts";
import { createDiskPace, type DiskPace } from "./disk-pace.ts";
import { fileError, isSystemError, tellingOf } from "./file-errors.ts";
import { moveToFreeName } from "./move-to-free-name.ts";
import { last } from "./place-files.ts";
import { type Conflicts, isNewer, placeFile, taken } from "./place-name.ts";
import { removeTree } from "./remove-tree.ts";

export interface TreePlace {
  /** In staging. */
  readonly name: string;
  readonly workspace: number;
  /** The folder that it is merged into; made when absent. */
  readonly parts: readonly string[];
  readonly conflicts: Conflicts;
  /**
   * Milliseconds since 1970: files that have changed since are not replaced, as if the tree had got its place then and
   * they had been edited after it. Left out: all are.
   */
  readonly keepNewerThan?: number;
}

/** One name that was given, to be taken back when a later one can't be. */
interface Move {
  readonly at: readonly string[];
  readonly name: string;
  readonly given: string;
  /** In the folder of what was replaced. */
  readonly replaced: string | null;
}

interface Merge {
  readonly pace: DiskPace;
  readonly conflicts: Conflicts;
  readonly keepNewerThan: number | undefined;
  /** Takes what is replaced until all is in its place. */
  readonly replaced: OpenFolder;
  readonly moves: Move[];
}

/**
 * Merges a staged tree into a folder of the workspace: folders into folders of the same name, all else as the rule for
 * conflicts says. All is looked at before the first name is given; when one fails all the same, those before it are
 * taken back. Killed in between and repeated, it goes on with what is still staged.
 * @throws StoaError conflict, disk_full
 */
export const placeTree: FileCommand<TreePlace, null> = async (folders, place) => {
  const { name, workspace, parts, conflicts, keepNewerThan } = place;
  await using staging = await folders.staging();
  if ((await staging.stat(name)) === null) return null;
  await using root = await folders.workspace(workspace);
  if (parts.length > 0 && (await placeWhole(staging, name, root, parts))) return null;
  await using tree = await staging.folder(name);
  await using target = await walkMaking(root, parts);
  const pace = createDiskPace();
  if (conflicts !== "keep_both") await refuseConflicts(tree, target, parts, { conflicts, pace });
  await using replaced = await walkMaking(staging, [replacedName(name)]);
  const merge: Merge = { conflicts, keepNewerThan, pace, replaced, moves: [] };
  try {
    // Reading a folder that is emptied meanwhile may pass something over: what is found again is the rest.
    while ((await mergeFolder(tree, target, [], merge)) > 0);
  } catch (error) {
    await takeBack(tree, target, merge);
    throw error;
  }
  await removeTree(staging, replacedName(name));
  await removeTree(staging, name);
  await staging.sync();
  return null;
};

/** Removes a staged tree, and what a merge of it had put aside. */
export const discardTree: FileCommand<{ readonly name: string }, null> = async (folders, { name }) => {
  await using staging = await folders.staging();
  await removeTree(staging, name);
  await removeTree(staging, replacedName(name));
  return null;
};

const replacedName = (name: string) => `${name}-replaced`;

/** Where nothing is yet, one rename does it: an archive of any size appears at once. False: a folder is there. */
async function placeWhole(
  staging: OpenFolder,
  name: string,
  root: OpenFolder,
  parts: readonly string[],
): Promise<boolean> {
  await using parent = await walkMaking(root, parts.slice(0, -1));
  const wanted = last(parts);
  const there = await parent.stat(wanted);
  if (there !== null) {
    if (there.isDirectory()) return false;
    throw taken(parts.join("/"), "not a folder");
  }
  await tellingOf(parts.join("/"), () => moveFolder(staging, name, parent, wanted));
  await parent.sync();
  await staging.sync();
  return true;
}

/** A rename of a folder replaces an empty folder only: one of ours, made for it. */
async function moveFolder(from: OpenFolder, name: string, to: OpenFolder, wanted: string): Promise<void> {
  await mkdir(to.at(wanted), { mode: FOLDER_MODE });
  await rename(from.at(name), to.at(wanted)).catch(async (error: unknown) => {
    await rmdir(to.at(wanted)).catch(() => undefined);
    throw error;
  });
}

async function refuseConflicts(
  tree: OpenFolder,
  target: OpenFolder,
  at: readonly string[],
  rule: Pick<Merge, "conflicts" | "pace">,
): Promise<void> {
  for await (const entry of await tree.items()) {
    const name = entry.name.toString();
    const path = [...at, name].join("/");
    const there = await lookFor(target, name, rule.pace);
    if (there === null) continue;
    if (entry.isDirectory() && there.isDirectory()) {
      await using inner = await tree.folder(name);
      await using innerTarget = await tellingOf(path, () => target.folder(name));
      await refuseConflicts(inner, innerTarget, [...at, name], rule);
    } else if (entry.isDirectory()) throw taken(path, "not a folder, and a folder would be there");
    else if (there.isDirectory()) throw taken(path, "a folder, which a file cannot replace");
    else if (rule.conflicts === "refuse") throw taken(path, "there already");
  }
}

function lookFor(folder: OpenFolder, name: string, pace: DiskPace): Promise<Stats | null> {
  return pace.do(
    () => lstatSync(folder.at(name), { throwIfNoEntry: false }) ?? null,
    () => folder.stat(name),
  );
}

/** @returns how many names it gave */
async function mergeFolder(tree: OpenFolder, target: OpenFolder, at: readonly string[], merge: Merge): Promise<number> {
  let given = 0;
  for await (const entry of await tree.items()) {
    const name = entry.name.toString();
    try {
      if (entry.isDirectory()) given += await mergeInner(tree, target, at, name, merge);
      else given += await mergeFile(tree, target, at, name, merge);
    } catch (error) {
      throw fileError(error, [...at, name].join("/"));
    }
  }
  if (given > 0) await target.sync();
  return given;
}

async function mergeInner(
  tree: OpenFolder,
  target: OpenFolder,
  at: readonly string[],
  name: string,
  merge: Merge,
): Promise<number> {
  const there = await lookFor(target, name, merge.pace);
  if (there?.isDirectory()) {
    await using inner = await tree.folder(name);
    await using innerTarget = await target.folder(name);
    return await mergeFolder(inner, innerTarget, [...at, name], merge);
  }
  if (there !== null && merge.conflicts !== "keep_both") throw taken([...at, name].join("/"), "not a folder");
  const given = there === null ? name : await moveToFreeName(tree, name, target, name);
  if (there === null) await moveFolder(tree, name, target, name);
  merge.moves.push({ at, name, given, replaced: null });
  return 1;
}

async function mergeFile(
  tree: OpenFolder,
  target: OpenFolder,
  at: readonly string[],
  name: string,
  merge: Merge,
): Promise<number> {
  if (merge.conflicts === "replace" && merge.keepNewerThan !== undefined) {
    if (isNewer(await lookFor(target, name, merge.pace), merge.keepNewerThan)) return 0;
  }
  const replaced = merge.conflicts === "replace" ? await putAside(target, name, merge.replaced) : null;
  const given = await placeFile(tree, name, target, name, merge.conflicts, merge.pace);
  merge.moves.push({ at, name, given, replaced });
  return 1;
}

/** A second name for what a rename is about to replace. Returns it; null when nothing is there, or it takes none. */
async function putAside(target: OpenFolder, name: string, replaced: OpenFolder): Promise<string | null> {
  const aside = randomUUID();
  try {
    await link(target.at(name), replaced.at(aside));
    return aside;
  } catch (error) {
    if (isSystemError(error, "ENOENT", "EPERM", "EMLINK")) return null;
    throw error;
  }
}

/** As far as it can be done: what a session moved away meanwhile stays where it is. */
async function takeBack(tree: OpenFolder, target: OpenFolder, { moves, replaced }: Merge): Promise<void> {
  for (const move of moves.reverse()) {
    try {
      await using from = await walk(target, move.at);
      await using to = await walk(tree, move.at);
      await rename(from.at(move.given), to.at(move.name));
      if (move.replaced !== null) await rename(replaced.at(move.replaced), from.at(move.given));
    } catch {
      // The next one may still be ours.
    }
  }
}
