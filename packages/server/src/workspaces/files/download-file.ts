import type { FileStream, PersonFolders } from "../file-work/contract.ts";
import { openToRead } from "./follow-links.ts";
import { openWorkspace, type ReadPlace } from "./open-snapshot.ts";
import { exactBytes, type OpenedFile, openFile } from "./read-file.ts";
import { type ByteRange, readRange } from "./read-range.ts";

/** What is asked of a file, with the HTTP headers that decide how much of it is sent (RFC 9110 §13, §14). */
export interface DownloadQuestion {
  readonly workspace: number;
  readonly parts: readonly string[];
  /** As it was in this snapshot; links are never followed there. */
  readonly asOf?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifRange?: string | undefined;
  readonly range?: string | undefined;
  /** No bytes are wanted. */
  readonly headOnly?: boolean;
}

export interface DownloadHead {
  readonly etag: string;
  /** Bytes of the whole file. */
  readonly size: number;
  readonly modified_at: string;
  readonly answer: "whole" | "part" | "unchanged" | "unsatisfiable";
  /** Of `part` only. */
  readonly range: ByteRange | null;
}

/**
 * A file's bytes, whole or a range. The file stays open from the head to the last byte: what is renamed or deleted
 * meanwhile is still sent; one that shrinks breaks the stream.
 * @throws StoaError not_found, conflict (a folder, a link, no regular file, permissions)
 */
export const downloadFile: FileStream<DownloadQuestion, DownloadHead> = async (folders, question) => {
  const { workspace, parts, asOf } = question;
  const file =
    asOf === undefined
      ? await openToRead(folders, workspace, parts, openFile)
      : await openThen(folders, { workspace, parts, asOf });
  const head = headOf(file, question);
  const hasBytes = !question.headOnly && (head.answer === "whole" || head.answer === "part");
  if (hasBytes) return { head, bytes: exactBytes(file, head.range ?? { start: 0, end: head.size - 1 }) };
  await file.handle.close();
  return { head, bytes: noBytes() };
};

async function openThen(folders: PersonFolders, place: ReadPlace): Promise<OpenedFile> {
  await using root = await openWorkspace(folders, place);
  return await openFile(root, place.parts);
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

function headOf(file: OpenedFile, question: DownloadQuestion): DownloadHead {
  const { size, mtime } = file.stats;
  const whole = { etag: file.etag, size, modified_at: mtime.toISOString(), answer: "whole", range: null } as const;
  if (matches(question.ifNoneMatch, file.etag)) return { ...whole, answer: "unchanged" };
  const range = isRangeWanted(question.ifRange, file) ? readRange(question.range, size) : null;
  if (range === "unsatisfiable") return { ...whole, answer: "unsatisfiable" };
  return range === null ? whole : { ...whole, answer: "part", range };
}

/** With If-Range a changed file is sent whole. */
function isRangeWanted(condition: string | undefined, file: OpenedFile): boolean {
  return condition === undefined || condition === file.etag || condition === file.stats.mtime.toUTCString();
}

/** A list of tags, of which one is the file's; `*` is any. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}
