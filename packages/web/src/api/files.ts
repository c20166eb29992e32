import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { address, call } from "./client.ts";
import type { FileList, Page, TrashEntry } from "./types.ts";

const base = (workspaceId: number) => `/api/stoa/v1/workspaces/${workspaceId}/files`;

export const filesQuery = (workspaceId: number, path: string) =>
  infiniteQueryOptions({
    queryKey: ["files", workspaceId, path],
    queryFn: ({ pageParam, signal }) =>
      call<FileList>("GET", base(workspaceId), { query: { path, cursor: pageParam, limit: 200 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** Answers as an attachment: nothing uploaded is rendered on the portal's origin. */
export const fileAddress = (workspaceId: number, path: string) => address(`${base(workspaceId)}/content`, { path });

export const createFolder = (workspaceId: number, path: string) =>
  call<unknown>("POST", `${base(workspaceId)}/folder`, { body: { path } });

/** Moves it to the trash. @returns its entry there, which restores it */
export const deleteFile = (workspaceId: number, path: string) =>
  call<TrashEntry>("DELETE", address(base(workspaceId), { path }));

export const trashQuery = queryOptions({
  queryKey: ["trash"],
  queryFn: ({ signal }) => call<Page<TrashEntry>>("GET", "/api/stoa/v1/trash", { query: { limit: 200 }, signal }),
});

export const restoreFromTrash = (id: number) =>
  call<{ workspace_id: number; path: string }>("POST", `/api/stoa/v1/trash/${id}/restore`, { body: {} });
