import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes JSON so that a reader sees the old content or the new one, never a part, also after a power cut:
 * temporary file, fsync, rename, fsync of the folder. Mode 0600.
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
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  syncFolderOf(path);
  return true;
}

/** @returns undefined when there is no such file. Throws when it is no JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function temporaryFor(path: string): string {
  return `${path}.${process.pid}-${process.hrtime.bigint().toString(36)}.tmp`;
}

function writeDurably(path: string, value: unknown): void {
  const file = openSync(path, "wx", 0o600);
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
