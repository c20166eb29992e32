import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** The folder decides who gets here: its owner, and the server's group where the owner is another account. */
const FILE_MODE = 0o640;
/** Bytes: nothing of ours is as long. */
const LONGEST = 2 ** 20;

/**
 * Writes JSON so that a reader sees the old content or the new one, never a part, also after a power cut:
 * temporary file, fsync, rename, fsync of the folder.
 */
export function writeJsonAtomically(path: string, value: unknown): void {
  const temporary = temporaryFor(path);
  writeDurably(temporary, value);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolderOf(path);
}

/**
 * Creates the file with its whole content, or leaves alone what is there: of any number of callers one wins.
 * @returns false when it was there already.
 */
export function claimWithJson(path: string, value: unknown): boolean {
  const temporary = temporaryFor(path);
  writeDurably(temporary, value);
  try {
    linkSync(temporary, path); // unlike rename, it fails when the name is taken
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolderOf(path);
  return true;
}

/** The same without any content, which needs no room on a disk that is full. */
export function claimEmpty(path: string): boolean {
  try {
    closeSync(openSync(path, "wx", FILE_MODE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  syncFolderOf(path);
  return true;
}

/**
 * @returns undefined when there is no such file, or none that we can have written: a link, a FIFO, one of another
 * size or without JSON in it. The folder's owner may be somebody else.
 * @param longest bytes
 */
export function readJson(path: string, longest = LONGEST): unknown {
  const text = readPlainFile(path, longest);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readPlainFile(path: string, longest: number): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (ABSENT.has(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
  try {
    const found = fstatSync(file);
    return found.isFile() && found.size <= longest ? readFileSync(file, "utf8") : undefined;
  } finally {
    closeSync(file);
  }
}

/** A link, a socket and a file that its owner closed to us are not ours either. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "EACCES"]);

function temporaryFor(path: string): string {
  return `${path}.${process.pid}-${process.hrtime.bigint().toString(36)}.tmp`;
}

function writeDurably(path: string, value: unknown): void {
  const file = openSync(path, "wx", FILE_MODE);
  try {
    writeFileSync(file, JSON.stringify(value));
    fsyncSync(file);
  } catch (error) {
    // On a full disk it is tried again and again: nothing may pile up.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
