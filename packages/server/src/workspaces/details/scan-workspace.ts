import type { OpenFolder } from "../files/descriptor-walk.ts";
import { isSystemError } from "../files/file-errors.ts";
import type { CurrentDetails } from "../tables.ts";
import { isShown, MOST_NAMES, shownName } from "./shown-names.ts";

/** A workspace of more entries than this gets the figures of those that were looked at, and says so. */
export const MOST_ENTRIES = 1_000_000;
const AT_ONCE = 16;

export interface Scan {
  readonly details: CurrentDetails;
  /** Bytes of all regular files, dot files included. */
  readonly bytes: number;
  /** False when the scan stopped at its bound. */
  readonly complete: boolean;
}

interface Tally {
  readonly files: { name: string }[];
  readonly symlinks: { name: string }[];
  bytes: number;
  entries: number;
}

/**
 * Looks through a workspace: names for contract 3 (no folders, no dot files) and the size. Links are named,
 * never followed; what can't be read or vanishes meanwhile is left out.
 */
export async function scanWorkspace(root: OpenFolder, mostEntries = MOST_ENTRIES): Promise<Scan> {
  const tally: Tally = { files: [], symlinks: [], bytes: 0, entries: 0 };
  await scanFolder(root, [], tally, mostEntries);
  return {
    details: { files: tally.files, symlinks: tally.symlinks },
    bytes: tally.bytes,
    complete: tally.entries < mostEntries,
  };
}

async function scanFolder(folder: OpenFolder, parts: readonly string[], tally: Tally, most: number): Promise<void> {
  const entries = await folder.entries();
  entries.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const files: string[] = [];
  for (const entry of entries) {
    tally.entries += 1;
    if (tally.entries >= most) return;
    const path = [...parts, entry.name];
    if (entry.isSymbolicLink()) note(tally.symlinks, path);
    else if (entry.isFile()) {
      note(tally.files, path);
      files.push(entry.name);
    } else if (entry.isDirectory()) await scanInner(folder, entry.name, path, tally, most);
  }
  tally.bytes += await sizeOf(folder, files);
}

async function scanInner(
  folder: OpenFolder,
  name: string,
  path: readonly string[],
  tally: Tally,
  most: number,
): Promise<void> {
  try {
    await using inner = await folder.folder(name);
    await scanFolder(inner, path, tally, most);
  } catch (error) {
    if (!isSystemError(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM")) throw error;
  }
}

function note(list: { name: string }[], path: readonly string[]): void {
  if (list.length < MOST_NAMES && isShown(path)) list.push({ name: shownName(path) });
}

async function sizeOf(folder: OpenFolder, names: readonly string[]): Promise<number> {
  let bytes = 0;
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const stats = await Promise.all(names.slice(start, start + AT_ONCE).map((name) => folder.stat(name)));
    for (const found of stats) bytes += found?.isFile() ? found.size : 0;
  }
  return bytes;
}
