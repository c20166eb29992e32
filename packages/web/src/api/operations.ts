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
  /** Who asked: a user name. */
  readonly actor?: string;
  /** Whom it concerns, asked for by themselves or by somebody else: a user name. */
  readonly person?: string;
  readonly since?: string;
  /** Only failed ones that no operator has looked at. */
  readonly unseen?: boolean;
}

export const operationsQuery = (filter: OperationFilter, limit = 50) =>
  infiniteQueryOptions({
    queryKey: ["operations", "list", filter, limit],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Operation>>("GET", base, { query: { ...filter, cursor: pageParam, limit }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** All of them, page by page. Read once: what changes comes by `newestOperations`. */
export const allOperationsQuery = (filter: OperationFilter) =>
  infiniteQueryOptions({
    queryKey: ["all-operations", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Operation>>("GET", base, { query: { ...filter, cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    staleTime: "static",
    gcTime: 60_000,
  });

const pageSize = 50;

/** The newest of them, as they are now. */
export const newestOperations = (filter: OperationFilter) =>
  queryOptions({
    queryKey: ["operations", "newest", filter],
    queryFn: ({ signal }) => call<Page<Operation>>("GET", base, { query: { ...filter, limit: pageSize }, signal }),
    refetchInterval: 30_000,
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

/** These, or all of a kind that failed and nobody has looked at. */
export type SomeFailed = { readonly ids: readonly string[] } | { readonly kind: string };

interface SomeDone {
  readonly done: number;
  readonly left: boolean;
}

/** A hundred at a time, until none is left. @returns how many */
async function allOf(verb: "retry" | "look", which: SomeFailed): Promise<number> {
  for (let sum = 0; ; ) {
    const { done, left } = await call<SomeDone>("POST", `${base}/${verb}`, { body: which });
    sum += done;
    if (!left || done === 0) return sum;
  }
}

/** Begins them anew. @returns how many */
export const retryFailed = (which: SomeFailed) => allOf("retry", which);

/** Marks them as seen to. @returns how many */
export const lookAtFailed = (which: SomeFailed) => allOf("look", which);
