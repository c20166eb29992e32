import { isUtf8 } from "node:buffer";
import { chmod, rename } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommand } from "../file-work/contract.ts";
import { type OpenFolder, walkMaking } from "./descriptor-walk.ts";
import { quoted, tellingOf } from "./file-errors.ts";
import { openToRead } from "./follow-links.ts";
import { last } from "./place-files.ts";
import { exactBytes, type OpenedFile, openFile } from "./read-file.ts";

/** Bytes of a text that is edited in a page. */
export const MOST_TEXT_BYTES = 2 * 1024 * 1024;
const PERMISSIONS = 0o777;

export interface TextFile {
  readonly text: string;
  /** Names this version; an edit says which one it began with. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly modified_at: string;
}

interface FilePlace {
  readonly workspace: number;
  readonly parts: readonly string[];
}

/** A small text whole. @throws StoaError not_found, too_large, conflict (no text in UTF-8, no regular file, …) */
export const readText: FileCommand<FilePlace, TextFile> = async (folders, { workspace, parts }) => {
  const file = await openToRead(folders, workspace, parts, openFile);
  const bytes = await readAll(file);
  if (bytes.includes(0) || !isUtf8(bytes)) {
    throw new StoaError("conflict", { details: { problem: `${quoted(parts.join("/"))} is not a text in UTF-8` } });
  }
  const { size, mtime } = file.stats;
  return { text: bytes.toString(), etag: file.etag, size, modified_at: mtime.toISOString() };
};

async function readAll(file: OpenedFile): Promise<Buffer> {
  const { size } = file.stats;
  if (size > MOST_TEXT_BYTES) {
    await file.handle.close();
    throw new StoaError("too_large", { details: { limit: MOST_TEXT_BYTES } });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of exactBytes(file, { start: 0, end: size - 1 })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface TextEdit extends FilePlace {
  /** The name in staging of the new text. */
  readonly staged: string;
  /** The version that was edited; null: there is to be none yet. */
  readonly version: string | null;
}

/**
 * Puts a staged text in the place of the version that was edited, at once; permissions stay. A session that writes
 * the same file at the very moment loses, as it would to any program.
 * @throws StoaError precondition_failed with the `etag` there is now (none: no such file), conflict (no regular file)
 */
export const replaceText: FileCommand<TextEdit, { readonly etag: string }> = async (
  folders,
  { workspace, parts, staged, version },
) => {
  await using root = await folders.workspace(workspace);
  await using folder = await walkMaking(root, parts.slice(0, -1));
  await using staging = await folders.staging();
  const path = parts.join("/");
  const current = await openCurrent(folder, last(parts));
  if ((current?.etag ?? null) !== version) throw otherVersion(path, current);
  await tellingOf(path, async () => {
    if (current !== null) await chmod(staging.at(staged), current.stats.mode & PERMISSIONS);
    await rename(staging.at(staged), folder.at(last(parts)));
    await folder.sync();
  });
  const now = await openFile(folder, [last(parts)]);
  await now.handle.close();
  return { etag: now.etag };
};

async function openCurrent(folder: OpenFolder, name: string): Promise<OpenedFile | null> {
  try {
    const file = await openFile(folder, [name]);
    await file.handle.close();
    return file;
  } catch (error) {
    if (error instanceof StoaError && error.code === "not_found") return null;
    throw error;
  }
}

function otherVersion(path: string, current: OpenedFile | null): StoaError {
  const problem =
    current === null ? `${quoted(path)} is not there any more` : `${quoted(path)} has been changed meanwhile`;
  return new StoaError("precondition_failed", { details: { problem, etag: current?.etag ?? null } });
}
