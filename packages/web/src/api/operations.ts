import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Operation, Page } from "./types.ts";

const base = "/api/stoa/v1/operations";

export interface OperationFilter {
  readonly mine?: boolean;
  readonly state?: string;
  readonly kind?: string;
  readonly subject_kind?: string;
  readonly subject_id?: string;
}

export const operationsQuery = (filter: OperationFilter, limit = 50) =>
  infiniteQueryOptions({
    queryKey: ["operations", "list", filter, limit],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Operation>>("GET", base, { query: { ...filter, cursor: pageParam, limit }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** One operation with its history. */
export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: ["operations", "one", id],
    queryFn: ({ signal }) => call<Operation>("GET", `${base}/${encodeURIComponent(id)}`, { signal }),
  });

export const cancelOperation = (id: string) =>
  call<Operation>("POST", `${base}/${encodeURIComponent(id)}/cancel`, { body: {} });

export const retryOperation = (id: string) =>
  call<Operation>("POST", `${base}/${encodeURIComponent(id)}/retry`, { body: {} });
