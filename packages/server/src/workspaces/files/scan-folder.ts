import { constants, lstatSync, opendirSync } from "node:fs";
import type { FolderWatch } from "./folder-watch.ts";
import { type FolderRecord, LINK, OTHER, trustedUntil } from "./scan-memory.ts";

const READ_AT_ONCE = 1_024;
/** Entries between two chances for others to have their turn. */
const STEP = 32;
export const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A folder's contents, as far as `most` allowed. */
export interface FolderContents extends Omit<FolderRecord, "watch"> {
  readonly entries: number;
}

export interface FolderReading {
  /** Its address in /proc, ending in a slash. */
  readonly here: string;
  readonly ctimeMs: number;
  readonly now: number;
  /** Entries at most. */
  readonly most: number;
  /** What is known of it, and which names of it may have changed since. */
  readonly known: { readonly record: FolderRecord; readonly changed: ReadonlySet<string> } | null;
}

/** Reads a folder's names, and the sizes of those files that are not known. Gives way at times, and waits for nothing. */
export function* readFolder(reading: FolderReading): Generator<undefined, FolderContents> {
  const { here, ctimeMs, now, most, known } = reading;
  const sizeOf = known === null ? () => undefined : knownSizes(known.record, known.changed);
  const folders: string[] = [];
  const names: string[] = [];
  const sizes: number[] = [];
  const twins: string[] = [];
  let entries = 0;
  const reader = opendirSync(here, { encoding: "latin1", bufferSize: READ_AT_ONCE });
  try {
    for (let entry = reader.readSync(); entry !== null && entries < most; entry = reader.readSync()) {
      entries += 1;
      if (entries % STEP === 0) yield;
      const { name } = entry;
      if (entry.isDirectory()) {
        folders.push(name);
        continue;
      }
      const size = entry.isFile() ? (sizeOf(name) ?? lookAt(here, name, twins)) : entry.isSymbolicLink() ? LINK : OTHER;
      names.push(name);
      sizes.push(size);
    }
  } finally {
    reader.closeSync();
  }
  const until = known?.record.until ?? trustedUntil(now);
  return { ctimeMs, until, folders, names: names.join("/"), sizes: Float64Array.from(sizes), twins, entries };
}

/** A size of 0 for what has gone meanwhile. */
function lookAt(here: string, name: string, twins: string[]): number {
  const stats = lstatSync(addressOf(here, name), { throwIfNoEntry: false });
  if (!stats?.isFile()) return 0;
  if (stats.nlink > 1) twins.push(name);
  return stats.size;
}

/** Of files whose name was there and was not told of. */
function knownSizes(record: FolderRecord, changed: ReadonlySet<string>): (name: string) => number | undefined {
  const known = new Map(namesOf(record).map((name, index) => [name, record.sizes[index] ?? OTHER]));
  for (const name of [...changed, ...record.twins]) known.delete(name);
  return (name) => {
    const size = known.get(name);
    return size === undefined || size < 0 ? undefined : size;
  };
}

export function namesOf({ names, sizes }: Pick<FolderRecord, "names" | "sizes">): string[] {
  return sizes.length === 0 ? [] : names.split("/");
}

export function bytesOf({ sizes }: Pick<FolderRecord, "sizes">): number {
  let bytes = 0;
  for (const size of sizes) if (size > 0) bytes += size;
  return bytes;
}

/** True: it is what it was, by all that can be known without reading it. */
export function isUnchanged(record: FolderRecord, ctimeMs: number): boolean {
  return record.ctimeMs === ctimeMs && record.twins.length === 0 && !record.watch.hasChanged();
}

/** True: what is known of it may still be used. */
export function isTrusted(record: FolderRecord | undefined, now: number): record is FolderRecord {
  return record !== undefined && now < record.until && record.watch.isAlive;
}

export function recordOf(contents: FolderContents, watch: FolderWatch): FolderRecord {
  const { entries: _, ...record } = contents;
  return { ...record, watch };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ascii = /^[\u0000-\u007f]*$/;

export function isAscii(name: string): boolean {
  return ascii.test(name);
}

/** The address of a name in Latin-1, as the disk has its bytes; plain ones need no detour. */
export function addressOf(folder: string, name: string): string | Buffer {
  return isAscii(name) ? folder + name : Buffer.concat([Buffer.from(folder), Buffer.from(name, "latin1")]);
}
