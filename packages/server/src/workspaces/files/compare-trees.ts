import type { BigIntStats } from "node:fs";
import { chmod, link, lstat, readlink, unlink } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { isSystemError } from "./file-errors.ts";
import { removeTree } from "./remove-tree.ts";

/** Folders in one another that are gone into: each holds two descriptors. */
const DEEPEST = 400;
const SECOND = 1_000_000_000n;
const BLOCK = 512n;
const TYPE = 0o170000n;
const FOLDER = 0o040000n;
const FILE = 0o100000n;
const LINK = 0o120000n;

/** What a comparison found in the source, and how the copy differs from it. */
export interface Comparison {
  /** All entries but folders; a file with several names counts for each. */
  files: number;
  folders: number;
  /** Sizes, and what they take on the disk; a file with several names counts once. */
  bytes: number;
  disk: number;
  /** Entries that the copy lacks, or lacks now: what was not alike was removed from it. */
  missing: number;
  /** Folders whose mode, owner or time differs. */
  unlike: number;
  /** Names that have been made to be one file again. */
  relinked: number;
  /** The first that differed, for the telling. */
  first: string | null;
}

/** Several trees that may share files: compared one after another. */
export interface Comparing {
  readonly signal: AbortSignal;
  /** Holds the copies of all trees, for names of one file in several. */
  readonly copies: OpenFolder | null;
  /** What was changed in the copy since then may not be whole, nanoseconds since 1970; null: all that is alike is. */
  readonly doubted: bigint | null;
  /** Nothing is changed: the first that differs is an error. */
  readonly strict: boolean;
  readonly found: Comparison;
  /** Files with several names, by their numbers: the copy's, and one of its names below `copies`. */
  readonly shared: Map<string, Noted<{ readonly ino: bigint; readonly at: Buffer }>>;
  readonly counted: Map<string, Noted<true>>;
}

interface Noted<T> {
  readonly note: T;
  /** Names that have not been met. */
  left: bigint;
}

export function comparing(
  signal: AbortSignal,
  copies: OpenFolder | null = null,
  doubted: bigint | null = null,
  strict = false,
): Comparing {
  const found = { files: 0, folders: 0, bytes: 0, disk: 0, missing: 0, unlike: 0, relinked: 0, first: null };
  return { signal, copies, doubted, strict, found, shared: new Map(), counted: new Map() };
}

/**
 * Compares a folder with its copy by all that can be known without reading contents (types, modes, owners, times,
 * sizes, where links lead, which names are one file), and takes away from the copy what is not alike, for `cp` to make
 * it anew. Links are not followed.
 * @param copy null: nothing is there yet, or is to be
 * @param at of the copy below `copies`
 * @throws StoaError conflict: something in the source can't be copied as it is
 */
export async function compareFolders(
  source: OpenFolder,
  copy: OpenFolder | null,
  at: Buffer,
  comparison: Comparing,
  depth = 0,
): Promise<void> {
  if (depth > DEEPEST) throw cannot(at, "lies in too many folders");
  const { dev } = await lstat(source.at("."), { bigint: true });
  for await (const { name } of await source.items()) {
    comparison.signal.throwIfAborted();
    const path = Buffer.concat([at, Buffer.from("/"), name]);
    const stats = await lstat(source.at(name), { bigint: true }).catch(gone);
    if (stats === null) continue;
    if (stats.dev !== dev) throw cannot(path, "is on another file system");
    requireCopyable(stats, path);
    count(stats, comparison);
    const theirs = copy === null ? null : await lstat(copy.at(name), { bigint: true }).catch(gone);
    if ((stats.mode & TYPE) === FOLDER) {
      await compareFolder({ source, copy, name, path, stats, theirs }, comparison, depth);
    } else await compareFile({ source, copy, name, path, stats, theirs }, comparison);
  }
  if (copy !== null) await removeStrangers(source, copy, at, comparison);
}

interface Pair {
  readonly source: OpenFolder;
  readonly copy: OpenFolder | null;
  readonly name: Buffer;
  readonly path: Buffer;
  readonly stats: BigIntStats;
  readonly theirs: BigIntStats | null;
}

async function compareFolder(pair: Pair, comparison: Comparing, depth: number): Promise<void> {
  const { source, copy, name, path, stats, theirs } = pair;
  await using inner = await source.folder(name).catch((error: unknown) => {
    throw isSystemError(error, "EACCES", "EPERM") ? cannot(path, "can't be read by its owner") : error;
  });
  if (copy === null || theirs === null || (theirs.mode & TYPE) !== FOLDER) {
    if (copy !== null) await discard(copy, name, path, theirs !== null, comparison);
    return await compareFolders(inner, null, path, comparison, depth + 1);
  }
  if (!isAlike(stats, theirs)) tell("unlike", path, comparison);
  await using twin = await copy.folder(name);
  await compareFolders(inner, twin, path, comparison, depth + 1);
}

async function compareFile(pair: Pair, comparison: Comparing): Promise<void> {
  const { copy, name, path, stats, theirs } = pair;
  if (copy === null || comparison.copies === null) return;
  const alike = theirs !== null && isAlike(stats, theirs) && !isDoubted(theirs, comparison) && (await isSameLink(pair));
  if (!alike) {
    return await discard(copy, name, path, theirs !== null, comparison);
  }
  if (stats.nlink === 1n) return;
  const known = another(comparison.shared, stats, { ino: theirs.ino, at: path });
  if (known === null || known.ino === theirs.ino) return;
  tell("relinked", path, comparison);
  await open(copy);
  await unlink(copy.at(name));
  await link(below(comparison.copies, known.at), copy.at(name));
}

/** What the copy has and the source has not. */
async function removeStrangers(source: OpenFolder, copy: OpenFolder, at: Buffer, comparison: Comparing): Promise<void> {
  for await (const { name } of await copy.items()) {
    comparison.signal.throwIfAborted();
    if ((await lstat(source.at(name)).catch(gone)) !== null) continue;
    await discard(copy, name, Buffer.concat([at, Buffer.from("/"), name]), true, comparison);
  }
}

function requireCopyable(stats: BigIntStats, path: Buffer): void {
  const own = process.getuid?.() ?? 0;
  if (own !== 0 && Number(stats.uid) !== own) throw cannot(path, "belongs to another account");
  if (own !== 0 && (stats.mode & TYPE) === FILE && (stats.mode & 0o400n) === 0n) {
    throw cannot(path, "can't be read by its owner");
  }
}

function count(stats: BigIntStats, { found, counted }: Comparing): void {
  const isFolder = (stats.mode & TYPE) === FOLDER;
  if (isFolder) found.folders += 1;
  else found.files += 1;
  if (!isFolder && stats.nlink > 1n && another(counted, stats, true) !== null) return;
  found.bytes += Number(stats.size);
  found.disk += Number(stats.blocks * BLOCK);
}

/** What was noted at another name of the same file; null: this is the first, and `note` is kept for the others. */
function another<T>(noted: Map<string, Noted<T>>, { dev, ino, nlink }: BigIntStats, note: T): T | null {
  const key = `${dev}:${ino}`;
  const known = noted.get(key);
  if (known === undefined) {
    noted.set(key, { note, left: nlink - 1n });
    return null;
  }
  known.left -= 1n;
  if (known.left === 0n) noted.delete(key);
  return known.note;
}

function isAlike(one: BigIntStats, other: BigIntStats): boolean {
  const isFolder = (one.mode & TYPE) === FOLDER;
  return (
    one.mode === other.mode &&
    one.uid === other.uid &&
    one.gid === other.gid &&
    (isFolder || (one.size === other.size && one.rdev === other.rdev)) &&
    isSameTime(one.mtimeNs, other.mtimeNs)
  );
}

/** Some file systems keep no more than microseconds, or seconds. */
function isSameTime(one: bigint, other: bigint): boolean {
  return one === other || (other % 1_000n === 0n && other < one && one - other < SECOND);
}

/** `cp` was cut off: its last file has all but its attributes, perhaps. */
function isDoubted({ ctimeNs, mode }: BigIntStats, { doubted }: Comparing): boolean {
  return doubted !== null && ctimeNs >= doubted && (mode & TYPE) !== FOLDER;
}

async function isSameLink({ source, copy, name, stats }: Pair): Promise<boolean> {
  if ((stats.mode & TYPE) !== LINK || copy === null) return true;
  const [one, other] = await Promise.all([source, copy].map((folder) => readlink(folder.at(name), "buffer")));
  return one !== undefined && other !== undefined && one.equals(other);
}

/** Takes away what is not alike, for `cp` to make it anew. */
async function discard(copy: OpenFolder, name: Buffer, path: Buffer, isThere: boolean, comparison: Comparing) {
  tell("missing", path, comparison);
  await open(copy);
  if (isThere) await removeTree(copy, name, comparison.signal);
}

/** What its owner had closed to themselves is, in the copy, until it is whole. */
async function open(copy: OpenFolder): Promise<void> {
  const { mode } = await lstat(copy.at("."));
  if ((mode & 0o700) !== 0o700) await chmod(copy.at("."), 0o700);
}

function tell(what: "missing" | "unlike" | "relinked", path: Buffer, { found, strict }: Comparing): void {
  if (strict) throw cannot(path, "is not the same in the copy");
  found[what] += 1;
  found.first ??= told(path);
}

function below(folder: OpenFolder, path: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder.at("")), path]);
}

function told(path: Buffer): string {
  return path.toString("utf8").slice(0, 1_000);
}

function cannot(path: Buffer, why: string): StoaError {
  return new StoaError("conflict", { details: { problem: `${JSON.stringify(told(path))} ${why}` } });
}

function gone(error: unknown): null {
  if (!isSystemError(error, "ENOENT")) throw error;
  return null;
}

/** When anything in the copy was last changed, nanoseconds since 1970. */
export async function lastChange(copy: OpenFolder, signal: AbortSignal, depth = 0): Promise<bigint> {
  let newest = 0n;
  for await (const { name } of await copy.items()) {
    signal.throwIfAborted();
    const stats = await lstat(copy.at(name), { bigint: true }).catch(gone);
    if (stats === null) continue;
    if (stats.ctimeNs > newest) newest = stats.ctimeNs;
    if ((stats.mode & TYPE) !== FOLDER || depth > DEEPEST) continue;
    if ((stats.mode & 0o700n) !== 0o700n) continue;
    await using inner = await copy.folder(name);
    const below = await lastChange(inner, signal, depth + 1);
    if (below > newest) newest = below;
  }
  return newest;
}
