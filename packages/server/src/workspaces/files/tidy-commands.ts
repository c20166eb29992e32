import { rename } from "node:fs/promises";
import type { FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { type EntryName, readName } from "./entry-names.ts";
import { removeTree } from "./remove-tree.ts";

export interface StaleQuestion {
  /** Only what begins with it; empty: anybody's. */
  readonly mark: string;
  readonly olderThanMinutes: number;
  /** Resumable uploads wait for the rest of their bytes; a row of theirs says how long. */
  readonly uploadsOlderThanMinutes?: number;
}

/** Begins the names of resumable uploads. */
const UPLOAD = "upload-";

export interface Swept {
  readonly removed: number;
  /** Names of what could not be removed, the first of them. */
  readonly stuck: readonly string[];
}

const MOST_TOLD = 20;

/** Removes staged leftovers, all that can be removed before the signal comes. */
export const sweepStaging: FileCommand<StaleQuestion, Swept> = async (folders, question, io) => {
  const { mark, olderThanMinutes, uploadsOlderThanMinutes = olderThanMinutes } = question;
  await using account = await folders.account();
  if ((await account.stat(".staging")) === null) return { removed: 0, stuck: [] };
  await using staging = await walk(account, [".staging"]);
  let removed = 0;
  const stuck: string[] = [];
  for await (const { name } of await staging.items()) {
    if (io.signal.aborted) break;
    if (!name.toString().startsWith(mark)) continue;
    const limit = name.toString().startsWith(UPLOAD) ? uploadsOlderThanMinutes : olderThanMinutes;
    if ((await minutesOld(staging, name)) < limit) continue;
    try {
      await removeTree(staging, name, io.signal);
      removed += 1;
    } catch {
      if (stuck.length < MOST_TOLD) stuck.push(readName(name).text);
    }
  }
  return { removed, stuck };
};

/** Ids of the workspaces' folders that have been there for so long. */
export const listWorkspaces: FileCommand<{ readonly olderThanMinutes: number }, number[]> = async (
  folders,
  { olderThanMinutes },
) => {
  await using account = await folders.account();
  const ids: number[] = [];
  for (const { name } of await account.entries()) {
    if (/^[1-9]\d{0,14}$/.test(name) && (await minutesOld(account, name)) >= olderThanMinutes) ids.push(Number(name));
  }
  return ids;
};

/** Puts a folder that belongs to no workspace out of the way of ids to come. @returns its name now */
export const setAside: FileCommand<{ readonly workspace: number }, { readonly name: string }> = async (
  folders,
  { workspace },
) => {
  await using account = await folders.account();
  const name = `.unclaimed-${workspace}-${Date.now()}`;
  await rename(account.at(String(workspace)), account.at(name));
  return { name };
};

async function minutesOld(folder: OpenFolder, name: EntryName): Promise<number> {
  const stats = await folder.stat(name);
  return stats === null ? 0 : (Date.now() - stats.ctimeMs) / 60_000;
}
