import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { numberedPath } from "../workspaces/files/file-path.ts";
import { asApiError } from "./api-error.ts";
import { address, call, callBytes } from "./client.ts";
import type { FileEntry, FileList, Page, TrashEntry } from "./types.ts";

/** A workspace as a snapshot kept it. */
export interface Past {
  readonly workspaceId: number;
  /** The snapshot's name. */
  readonly at: string;
}

/** Whose files: a workspace's as they are, by its number, or as they were. */
export type FilesOf = number | Past;

export const isPast = (of: FilesOf): of is Past => typeof of !== "number";
export const workspaceOf = (of: FilesOf): number => (isPast(of) ? of.workspaceId : of);

const base = (workspaceId: number) => `/api/stoa/v1/workspaces/${workspaceId}/files`;
const snapshotBase = ({ workspaceId, at }: Past) =>
  `/api/stoa/v1/workspaces/${workspaceId}/snapshots/${encodeURIComponent(at)}`;
const folderAddress = (of: FilesOf) => (isPast(of) ? `${snapshotBase(of)}/files` : base(of));

/** A folder, page by page: the first is short, so that it is there at once. */
export const filesQuery = <Entry extends FileEntry = FileEntry>(of: FilesOf, path: string) =>
  infiniteQueryOptions({
    queryKey: ["files", of, path],
    queryFn: ({ pageParam, signal }) =>
      call<FileList<Entry>>("GET", folderAddress(of), {
        query: { path, cursor: pageParam, limit: pageParam === "" ? 200 : 1000 },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** The folders in a folder: a list begins with them. `more`: there are too many to show. */
export const foldersQuery = (workspaceId: number, path: string) =>
  queryOptions({
    queryKey: ["files", workspaceId, "folders", path],
    queryFn: async ({ signal }) => {
      const { items, next_cursor } = await call<FileList>("GET", base(workspaceId), {
        query: { path, limit: 1000 },
        signal,
      });
      const folders = items.filter(({ type, openable }) => type === "folder" && openable);
      return { items: folders, more: next_cursor !== null && folders.length === items.length };
    },
  });

/** Pages of a folder that are looked through for names. */
const mostPages = 20;

/** Everything in a folder; none where there is no such folder. Null: it is too much to look through. */
export async function namesIn(
  workspaceId: number,
  path: string,
  signal?: AbortSignal,
): Promise<readonly Pick<FileEntry, "path" | "size">[] | null> {
  const all: FileEntry[] = [];
  let cursor: string | null = "";
  for (let page = 0; page < mostPages; page++) {
    const query: { path: string; limit: number; cursor: string | null } = { path, limit: 1000, cursor };
    const list = await call<FileList>("GET", base(workspaceId), { query, signal }).catch((error: unknown) => {
      // 409: a file, or a link.
      if ([404, 409].includes(asApiError(error).status)) return null;
      throw error;
    });
    if (list === null) return [];
    all.push(...list.items);
    cursor = list.next_cursor;
    if (cursor === null) return all;
  }
  return null;
}

/** Answers as an attachment: nothing uploaded is rendered on the portal's origin. */
export const fileAddress = (of: FilesOf, path: string) =>
  address(`${isPast(of) ? snapshotBase(of) : base(of)}/content`, { path });

export const createFolder = (workspaceId: number, path: string) =>
  call<unknown>("POST", `${base(workspaceId)}/folder`, { body: { path } });

/** Moves it to the trash. @returns its entry there, which restores it */
export const deleteFile = (workspaceId: number, path: string) =>
  call<TrashEntry>("DELETE", address(base(workspaceId), { path }));

/** Size and time of one file, without its bytes. */
export const fileFactsQuery = (of: FilesOf, path: string) =>
  queryOptions({
    queryKey: ["files", of, "facts", path],
    queryFn: async ({ signal }) => {
      const { headers } = await callBytes(fileAddress(of, path), { method: "HEAD", signal });
      const changed = headers.get("last-modified");
      return {
        size: Number(headers.get("content-length") ?? 0),
        modified_at: changed === null ? null : new Date(changed).toISOString(),
      };
    },
  });

/** A piece of a file, with the version and the bytes of the whole that the same answer tells. */
export interface FilePart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string | null;
  readonly size: number;
}

/** The bytes from `start` up to, and without, `end`; fewer where the file ends. */
export async function readRange(
  of: FilesOf,
  path: string,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<FilePart> {
  const headers = { Range: `bytes=${start}-${end - 1}` };
  const answer = await callBytes(fileAddress(of, path), { headers, signal }).catch((error: unknown) => {
    // Nothing is there: the file is empty, or has become shorter.
    if (asApiError(error).status === 416) return null;
    throw error;
  });
  if (answer === null) {
    const { headers: facts } = await callBytes(fileAddress(of, path), { method: "HEAD", signal });
    return { bytes: new Uint8Array(), etag: facts.get("etag"), size: Number(facts.get("content-length") ?? 0) };
  }
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const etag = answer.headers.get("etag");
  // Whole: the server passed the range over.
  if (answer.status !== 206) return { bytes: bytes.slice(start, end), etag, size: bytes.byteLength };
  const [, size] = answer.headers.get("content-range")?.split("/") ?? [];
  return { bytes: bytes.slice(0, end - start), etag, size: Number(size ?? start + bytes.byteLength) };
}

export const readBytes = async (of: FilesOf, path: string, signal: AbortSignal): Promise<ArrayBuffer> =>
  (await callBytes(fileAddress(of, path), { signal })).arrayBuffer();

const readBy = (parts: readonly FilePart[]) => parts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

/**
 * A file in pieces of `step` bytes, the first at once, each next one when it is asked for. How long the file is, each
 * piece says itself: the size that another answer told may be of another version.
 */
export const partsQuery = (of: FilesOf, path: string, step: number) =>
  infiniteQueryOptions({
    queryKey: ["files", of, "parts", path, step],
    queryFn: ({ pageParam, signal }) => readRange(of, path, pageParam, pageParam + step, signal),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (readBy(pages) < last.size ? readBy(pages) : null),
    gcTime: 0,
    // What is being read or typed over must not change under the eyes.
    staleTime: "static",
  });

/** All of a small text as it is now, and its version. @throws ApiError */
export async function readText(workspaceId: number, path: string): Promise<{ text: string; version: string | null }> {
  const answer = await callBytes(fileAddress(workspaceId, path));
  return { text: await answer.text(), version: answer.headers.get("etag") };
}

const textAddress = (workspaceId: number, path: string) => address(`${base(workspaceId)}/text`, { path });

/** Saves a text over the version that was read. @returns the new one; @throws ApiError 412: it has changed since */
export async function writeText(workspaceId: number, path: string, text: string, version: string) {
  const options = { method: "PUT", headers: { "If-Match": version }, body: asBlob(text) } as const;
  const answer = await callBytes(textAddress(workspaceId, path), options);
  return { text, version: answer.headers.get("etag") };
}

/** A new file with nothing in it. @throws ApiError 412 when the name is taken */
export const createFile = (workspaceId: number, path: string) =>
  callBytes(textAddress(workspaceId, path), {
    method: "PUT",
    headers: { "If-None-Match": "*" },
    body: asBlob(""),
  });

/** Saves a text beside the file, under the first name that is free. @returns the copy's path */
export const writeCopy = (workspaceId: number, path: string, text: string) =>
  underFreeName(path, (free) =>
    callBytes(textAddress(workspaceId, free), {
      method: "PUT",
      headers: { "If-None-Match": "*" },
      body: asBlob(text),
    }),
  );

const asBlob = (text: string) => new Blob([text], { type: "application/octet-stream" });

export const searchQuery = (workspaceId: number, path: string, query: string) =>
  infiniteQueryOptions({
    queryKey: ["files", workspaceId, "search", path, query],
    queryFn: ({ pageParam, signal }) =>
      call<Page<FileEntry>>("GET", `${base(workspaceId)}/search`, {
        query: { path, query, cursor: pageParam, limit: 100 },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/**
 * Moves or renames. @param replace what is there goes to the trash
 * @returns where it is now; @throws ApiError 409 when the name is taken
 */
export const moveFile = (workspaceId: number, path: string, to: string, replace = false) =>
  call<FileEntry>("POST", `${base(workspaceId)}/move`, { body: { path, to, replace } });

/** Copies in the background. @param replace what is there goes to the trash; @throws ApiError 409 when the name is taken */
export const copyFile = (workspaceId: number, path: string, to: string, replace = false) =>
  call<{ operation_id: string }>("POST", `${base(workspaceId)}/copy`, { body: { path, to, replace } });

/** Whether anything stands at this path. */
export async function isThere(workspaceId: number, path: string): Promise<boolean> {
  try {
    await call<FileList>("GET", base(workspaceId), { query: { path, limit: 1 } });
    return true;
  } catch (error) {
    // Of what is no folder it says 409.
    const { status } = asApiError(error);
    if (status !== 404 && status !== 409) throw error;
    return status === 409;
  }
}

/** Tries `a.txt`, `a 2.txt`, `a 3.txt`… until one is not taken. @returns the path that was free */
async function underFreeName(path: string, make: (free: string) => Promise<unknown>): Promise<string> {
  for (let number = 2; ; number++) {
    const free = numberedPath(path, number);
    try {
      await make(free);
      return free;
    } catch (error) {
      const { status } = asApiError(error);
      if ((status !== 409 && status !== 412) || number > 50) throw error;
    }
  }
}

/** A selection, or one folder, as a zip that begins at once. */
export const zipAddress = (workspaceId: number, paths: readonly string[]) =>
  `${base(workspaceId)}/zip?${new URLSearchParams(paths.map((path) => ["path", path]))}`;

/** For more paths than an address can hold: the zip as a whole, made here into something to save. */
export const readZip = async (workspaceId: number, paths: readonly string[]): Promise<Blob> =>
  (
    await callBytes(`${base(workspaceId)}/zip`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ paths }),
    })
  ).blob();

/** SHA-256. All of the file is read: seconds for a large one. */
export const checksum = (workspaceId: number, path: string) =>
  call<{ digest: string }>("GET", `${base(workspaceId)}/checksum`, { query: { path } });

export type OnTaken = "refuse" | "replace" | "keep_both";

/** In the background; the contents appear all at once, or not at all. */
export const extractArchive = (workspaceId: number, wanted: { path: string; to: string; on_conflict: OnTaken }) =>
  call<{ operation_id: string }>("POST", `${base(workspaceId)}/unpack`, { body: wanted });
