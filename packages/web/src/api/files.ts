import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { address, call, callBytes } from "./client.ts";
import type { FileEntry, FileList, Page, TrashEntry } from "./types.ts";

const base = (workspaceId: number) => `/api/stoa/v1/workspaces/${workspaceId}/files`;

export const filesQuery = (workspaceId: number, path: string) =>
  infiniteQueryOptions({
    queryKey: ["files", workspaceId, path],
    queryFn: ({ pageParam, signal }) =>
      call<FileList>("GET", base(workspaceId), { query: { path, cursor: pageParam, limit: 200 }, signal }),
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

/** Answers as an attachment: nothing uploaded is rendered on the portal's origin. */
export const fileAddress = (workspaceId: number, path: string) => address(`${base(workspaceId)}/content`, { path });

export const createFolder = (workspaceId: number, path: string) =>
  call<unknown>("POST", `${base(workspaceId)}/folder`, { body: { path } });

/** Moves it to the trash. @returns its entry there, which restores it */
export const deleteFile = (workspaceId: number, path: string) =>
  call<TrashEntry>("DELETE", address(base(workspaceId), { path }));

/** Size and time of one file, without its bytes. */
export const fileFactsQuery = (workspaceId: number, path: string) =>
  queryOptions({
    queryKey: ["files", workspaceId, "facts", path],
    queryFn: async ({ signal }) => {
      const { headers } = await callBytes(fileAddress(workspaceId, path), { method: "HEAD", signal });
      const changed = headers.get("last-modified");
      return {
        size: Number(headers.get("content-length") ?? 0),
        modified_at: changed === null ? null : new Date(changed).toISOString(),
      };
    },
  });

export const readBytes = async (workspaceId: number, path: string, signal: AbortSignal): Promise<ArrayBuffer> =>
  (await callBytes(fileAddress(workspaceId, path), { signal })).arrayBuffer();

export interface ReadText {
  readonly content: string;
  /** For saving it again; null: the server names none. */
  readonly version: string | null;
  /** False: bytes that are no UTF-8 text. */
  readonly isText: boolean;
}

/** The first `limit` bytes of a file as text. */
export const textQuery = (workspaceId: number, path: string, limit: number) =>
  queryOptions({
    queryKey: ["files", workspaceId, "text", path],
    queryFn: async ({ signal }): Promise<ReadText> => {
      const headers = { Range: `bytes=0-${limit - 1}` };
      const answer = await callBytes(fileAddress(workspaceId, path), { headers, signal });
      const bytes = new Uint8Array(await answer.arrayBuffer()).slice(0, limit);
      return { ...asText(bytes), version: answer.headers.get("etag") };
    },
    gcTime: 0,
    // What is being read or typed over must not change under the eyes.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** A letter cut in two at the end is left out; a byte of zero is in no text. */
function asText(bytes: Uint8Array): Pick<ReadText, "content" | "isText"> {
  try {
    const content = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return { content, isText: !content.includes("\0") };
  } catch {
    return { content: "", isText: false };
  }
}

/** Saves a text over the version that was read. @throws ApiError 412 when the file has changed since */
export const writeText = (workspaceId: number, path: string, text: string, version: string | null) =>
  callBytes(fileAddress(workspaceId, path), {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream", ...(version === null ? {} : { "If-Match": version }) },
    body: text,
  });

export const searchQuery = (workspaceId: number, path: string, text: string) =>
  infiniteQueryOptions({
    queryKey: ["files", workspaceId, "search", path, text],
    queryFn: ({ pageParam, signal }) =>
      call<Page<FileEntry>>("GET", `${base(workspaceId)}/search`, {
        query: { path, text, cursor: pageParam, limit: 100 },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** Moves or renames. @returns where it is now */
export const moveFile = (workspaceId: number, from: string, to: string) =>
  call<FileEntry>("POST", `${base(workspaceId)}/move`, { body: { from, to } });

/** Copies into a folder; a taken name gets a free one. */
export const copyFiles = (workspaceId: number, paths: readonly string[], folder: string) =>
  call<unknown>("POST", `${base(workspaceId)}/copy`, { body: { paths, folder } });

/** A selection, or one folder, as a zip that begins at once. */
export const zipAddress = (workspaceId: number, paths: readonly string[]) =>
  `${base(workspaceId)}/zip?${new URLSearchParams(paths.map((path) => ["path", path]))}`;

/** All of it is read: seconds for a large one. */
export const checksum = (workspaceId: number, path: string) =>
  call<{ sha256: string }>("GET", `${base(workspaceId)}/checksum`, { query: { path } });

export const extractArchive = (workspaceId: number, path: string, folder: string) =>
  call<{ operation_id: string }>("POST", `${base(workspaceId)}/extract`, { body: { path, folder } });

/** Beside the file, under a free name. */
export const writeCopy = (workspaceId: number, path: string, text: string) =>
  callBytes(fileAddress(workspaceId, path), {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream", "If-None-Match": "*" },
    body: text,
  });
