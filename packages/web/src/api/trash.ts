import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page, TrashEntry } from "./types.ts";

const base = "/api/stoa/v1/trash";

/** @param workspaceId null: of all workspaces */
export const trashQuery = (workspaceId: number | null) =>
  infiniteQueryOptions({
    queryKey: ["trash", "list", workspaceId],
    queryFn: ({ pageParam, signal }) => {
      const query = { workspace_id: workspaceId, cursor: pageParam, limit: 100 };
      return call<Page<TrashEntry>>("GET", base, { query, signal });
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** All of it in numbers, shown or not. */
export interface TrashSummary {
  readonly entries: number;
  readonly workspaces: number;
  readonly folders: number;
  /** Of files and workspaces; what is in folders is not counted. */
  readonly bytes: number;
  readonly newest_id: number | null;
  /** The workspaces that something of it was in, or that are in it, by name. */
  readonly places: readonly { readonly id: number; readonly name: string; readonly entries: number }[];
}

export const trashSummaryQuery = queryOptions({
  queryKey: ["trash", "summary"],
  queryFn: ({ signal }) => call<TrashSummary>("GET", `${base}/summary`, { signal }),
});

export const restoreFromTrash = (id: number) =>
  call<{ workspace_id: number; path: string }>("POST", `${base}/${id}/restore`, { body: {} });

/** Ids that one call takes. */
const atOnce = 1_000;

/** Ends entries for good. What is not in the trash any more is passed over. */
export async function eraseFromTrash(ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += atOnce) {
    await call("POST", `${base}/erase`, { body: { ids: ids.slice(from, from + atOnce) } });
  }
}

/** Ends all of it for good, but nothing that came after `upTo`. */
export const emptyTrash = (upTo: number) => call("DELETE", base, { query: { up_to: upTo } });

/** What was deleted from this place last, if it is among the newest entries. */
export async function newestFrom(workspaceId: number, path: string): Promise<TrashEntry | undefined> {
  const { items } = await call<Page<TrashEntry>>("GET", base, { query: { limit: 200 } });
  return items.find((one) => one.workspace.id === workspaceId && one.path === path);
}
