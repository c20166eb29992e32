import type { Stats } from "node:fs";
import { readlink } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, walk } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";
import { describe, type FolderEntry, type FolderQuestion, pageWith, typeOf } from "./list-folder.ts";

/** What is at that path today, compared by type, size and time; of a link by where it leads. */
export const NOW = ["same", "changed", "gone"] as const;
export type Now = (typeof NOW)[number];

export interface PastEntry extends FolderEntry {
  readonly now: Now;
}

export interface PastPage {
  readonly items: readonly PastEntry[];
  readonly next_cursor: string | null;
}

/**
 * One page of a folder as it was in a snapshot, each entry with what has become of it. Of a folder only its own time
 * is compared, which tells of names that came and went in it, and of nothing deeper.
 * @throws StoaError not_found, conflict (no folder), invalid (a cursor that is not ours), unavailable
 */
export const listFolderAsOf: FileCommand<FolderQuestion & { readonly asOf: string }, PastPage> = async (
  folders,
  { workspace, asOf, parts, ...page },
) => {
  await using root = await folders.workspaceAsOf(workspace, asOf);
  await using then = await walk(root, parts);
  const today = await openToday(async () => {
    await using live = await folders.workspace(workspace);
    return await walk(live, parts);
  });
  await using _closed = typeof today === "string" ? null : today;
  return await pageWith(then, page, async (name) => {
    const entry = await describe(then, parts, name);
    return entry && { ...entry, now: typeof today === "string" ? today : await compare(then, today, name) };
  });
};

/** Gone with its folder; or behind a folder that its owner has closed to us, which is a change. */
async function openToday(open: () => Promise<OpenFolder>): Promise<OpenFolder | Now> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof StoaError) || (error.code !== "not_found" && error.code !== "conflict")) throw error;
    return isSystemError(error.cause, "EACCES", "EPERM") ? "changed" : "gone";
  }
}

async function compare(then: OpenFolder, today: OpenFolder, name: Buffer): Promise<Now> {
  const [was, is] = await Promise.all([then.stat(name), today.stat(name)]);
  if (was === null || is === null) return "gone";
  if (typeOf(was) !== typeOf(is)) return "changed";
  if (was.isSymbolicLink()) return (await leadAlike(then, today, name)) ? "same" : "changed";
  return isAlike(was, is) ? "same" : "changed";
}

/** Copies keep times to the millisecond. */
function isAlike(was: Stats, is: Stats): boolean {
  return was.mtime.getTime() === is.mtime.getTime() && (!was.isFile() || was.size === is.size);
}

async function leadAlike(then: OpenFolder, today: OpenFolder, name: Buffer): Promise<boolean> {
  const read = (folder: OpenFolder) => readlink(folder.at(name), { encoding: "buffer" }).catch(() => null);
  const [was, is] = await Promise.all([read(then), read(today)]);
  return was !== null && is !== null && was.equals(is);
}
