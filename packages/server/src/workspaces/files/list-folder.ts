import type { Dirent, Stats } from "node:fs";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, READ_AT_ONCE, walk } from "./descriptor-walk.ts";
import { type EntryName, readName } from "./entry-names.ts";
import { openToRead } from "./follow-links.ts";

export type EntryType = "file" | "folder" | "symlink" | "other";

export interface FolderEntry {
  readonly name: string;
  /** Below the workspace's root, without a leading slash. */
  readonly path: string;
  readonly type: EntryType;
  /** Bytes; 0 for all but files. */
  readonly size: number;
  readonly modified_at: string;
  /** False: its name on the disk is no text and is shown escaped. No path leads to it, only its folder's. */
  readonly openable: boolean;
}

export interface FolderPage {
  readonly items: readonly FolderEntry[];
  readonly next_cursor: string | null;
}

export interface FolderQuestion {
  readonly workspace: number;
  readonly parts: readonly string[];
  readonly cursor?: string | undefined;
  /** Entries at most. */
  readonly limit: number;
}

/** One page of a folder. @throws StoaError not_found, conflict (no folder), invalid (a cursor that is not ours) */
export const listFolder: FileCommand<FolderQuestion, FolderPage> = async (folders, { workspace, parts, ...page }) => {
  await using folder = await openToRead(folders, workspace, parts, walk);
  return await pageOf(folder, parts, page);
};

/** Where a page ended: its order is folders first, then by the bytes of the name, the same at every call. */
export interface Place {
  readonly rank: 0 | 1;
  readonly name: Buffer;
}

/**
 * One page of a folder. All names are read (there is no other way to a stable order), but only the page's
 * own are kept and looked at: a folder may hold millions. What vanishes meanwhile is left out; what appears before the cursor isn't shown.
 * @throws StoaError invalid (a cursor that is not ours)
 */
export async function pageOf(folder: OpenFolder, parts: readonly string[], options: PageOptions): Promise<FolderPage> {
  return pageWith(folder, options, (name) => describe(folder, parts, name));
}

export interface PageOptions {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The same, each entry in the caller's words; null: left out. */
export async function pageWith<T>(
  folder: OpenFolder,
  options: PageOptions,
  tell: (name: Buffer) => Promise<T | null>,
): Promise<{ readonly items: readonly T[]; readonly next_cursor: string | null }> {
  const after = options.cursor === undefined ? null : readCursor(options.cursor);
  const places = await firstPlaces(folder, after, options.limit + 1);
  const page = places.slice(0, options.limit);
  const items = await Promise.all(page.map(({ name }) => tell(name)));
  const end = page.at(-1);
  return {
    items: items.filter((item) => item !== null),
    next_cursor: end !== undefined && places.length > page.length ? writeCursor(end) : null,
  };
}

/** The first `count` places after one, in order, never holding many more. */
export async function firstPlaces(folder: OpenFolder, after: Place | null, count: number): Promise<Place[]> {
  const kept: Place[] = [];
  for await (const batch of folder.batches()) {
    for (const entry of batch) {
      const place = placeOf(entry);
      if (after === null || compare(place, after) > 0) kept.push(place);
    }
    if (kept.length > 4 * count + READ_AT_ONCE) kept.sort(compare).splice(count);
  }
  return kept.sort(compare).slice(0, count);
}

export function typeOf(entry: Stats | Dirent<Buffer>): EntryType {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "symlink" : "other";
}

/** One entry of an open folder; null when it has gone. */
export async function describe(
  folder: OpenFolder,
  parts: readonly string[],
  name: EntryName,
): Promise<FolderEntry | null> {
  const stats = await folder.stat(name);
  if (stats === null) return null;
  const type = typeOf(stats);
  const { text, openable } = readName(Buffer.from(name));
  return {
    name: text,
    path: [...parts, text].join("/"),
    type,
    size: type === "file" ? stats.size : 0,
    modified_at: stats.mtime.toISOString(),
    openable,
  };
}

function placeOf(entry: Dirent<Buffer>): Place {
  return { rank: entry.isDirectory() ? 0 : 1, name: entry.name };
}

function compare(a: Place, b: Place): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return Buffer.compare(a.name, b.name);
}

function writeCursor(place: Place): string {
  return Buffer.concat([Buffer.from(String(place.rank)), place.name]).toString("base64url");
}

function readCursor(cursor: string): Place {
  const bytes = Buffer.from(cursor, "base64url");
  const rank = bytes.toString("latin1", 0, 1);
  if (bytes.length < 2 || (rank !== "0" && rank !== "1")) {
    throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  }
  return { rank: rank === "0" ? 0 : 1, name: bytes.subarray(1) };
}
