import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page, TrashEntry } from "./types.ts";

const base = "/api/stoa/v1/trash";

export const trashQuery = queryOptions({
  queryKey: ["trash"],
  queryFn: ({ signal }) => call<Page<TrashEntry>>("GET", base, { query: { limit: 200 }, signal }),
});

export const restoreFromTrash = (id: number) =>
  call<{ workspace_id: number; path: string }>("POST", `${base}/${id}/restore`, { body: {} });
