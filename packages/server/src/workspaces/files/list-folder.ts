import type { Dirent, Stats } from "node:fs";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OpenFolder } from "./descriptor-walk.ts";

export type EntryType = "file" | "folder" | "symlink" | "other";

export interface FolderEntry {
  readonly name: string;
  /** Below the workspace's root, without a leading slash. */
  readonly path: string;
  readonly type: EntryType;
  /** Bytes; 0 for all but files. */
  readonly size: number;
  readonly modified_at: string;
}

export interface FolderPage {
  readonly items: readonly FolderEntry[];
  readonly next_cursor: string | null;
}

/** Where a page ended: its order is folders first, then by name as code units, the same at every call. */
interface Place {
  readonly rank: 0 | 1;
  readonly name: string;
}

/**
 * One page of a folder. Names are read whole (there is no other way to a stable order), but only the page's
 * own entries are looked at. What vanishes meanwhile is left out; what appears before the cursor isn't shown.
 * @throws StoaError invalid (a cursor that is not ours)
 */
export async function listFolder(
  folder: OpenFolder,
  parts: readonly string[],
  options: { cursor?: string | undefined; limit: number },
): Promise<FolderPage> {
  const after = options.cursor === undefined ? null : readCursor(options.cursor);
  const places = (await folder.entries()).map(placeOf).filter((place) => after === null || compare(place, after) > 0);
  places.sort(compare);
  const page = places.slice(0, options.limit);
  const items = await Promise.all(page.map(({ name }) => describe(folder, parts, name)));
  const end = page.at(-1);
  return {
    items: items.filter((item) => item !== null),
    next_cursor: end !== undefined && places.length > page.length ? writeCursor(end) : null,
  };
}

export function typeOf(entry: Stats | Dirent): EntryType {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "symlink" : "other";
}

/** One entry of an open folder; null when it has gone. */
export async function describe(
  folder: OpenFolder,
  parts: readonly string[],
  name: string,
): Promise<FolderEntry | null> {
  const stats = await folder.stat(name);
  if (stats === null) return null;
  const type = typeOf(stats);
  return {
    name,
    path: [...parts, name].join("/"),
    type,
    size: type === "file" ? stats.size : 0,
    modified_at: stats.mtime.toISOString(),
  };
}

function placeOf(entry: Dirent): Place {
  return { rank: entry.isDirectory() ? 0 : 1, name: entry.name };
}

function compare(a: Place, b: Place): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

function writeCursor(place: Place): string {
  return Buffer.from(`${place.rank}${place.name}`).toString("base64url");
}

function readCursor(cursor: string): Place {
  const text = Buffer.from(cursor, "base64url").toString();
  if (!/^[01]./s.test(text)) throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  return { rank: text.startsWith("0") ? 0 : 1, name: text.slice(1) };
}
