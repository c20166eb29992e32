import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/activity";

/** One cell, as its kernel reported it. */
export interface Run {
  readonly id: string;
  readonly timestamp: string;
  readonly cell_number: number | null;
  readonly status: "success" | "error";
  readonly execution_time_ms: number;
  /** So many before this one were lost on their way. */
  readonly dropped_before: number | null;
  readonly code: string;
  readonly error_message: string | null;
  /** False: there is more of code or message; `runQuery` has it. */
  readonly is_whole: boolean;
  /** The end was too long, and is not kept. */
  readonly was_cut: boolean;
}

export interface RunDay {
  /** In UTC: `2026-11-22`. */
  readonly day: string;
  readonly executions: number;
  readonly errors: number;
  readonly execution_time_ms: number;
}

export interface RunFilter {
  readonly text?: string;
  readonly status?: "success" | "error";
  /** ISO moments; `to` is not among them. */
  readonly from?: string;
  readonly to?: string;
}

export interface RunPage extends Page<Run> {
  /** The time for looking was up here: older ones are looked at with the next page. */
  readonly searched_back_to: string | null;
}

const pageSize = 30;

/** All that fit, page by page. Read once: what is new comes by `newestRuns`. */
export const runsQuery = (filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: ["activity", "all", filter],
    queryFn: ({ pageParam, signal }) =>
      call<RunPage>("GET", base, { query: { ...filter, cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    staleTime: "static",
    gcTime: 60_000,
  });

/** The newest, as they are now: no event tells of a cell. */
export const newestRuns = (filter: RunFilter) =>
  queryOptions({
    queryKey: ["activity", "newest", filter],
    queryFn: ({ signal }) => call<RunPage>("GET", base, { query: { ...filter, limit: pageSize }, signal }),
    refetchInterval: 10_000,
  });

/** The last so many days, oldest first; those on which nothing ran are left out. */
export const runDaysQuery = queryOptions({
  queryKey: ["activity", "days"],
  queryFn: ({ signal }) => call<{ items: readonly RunDay[] }>("GET", `${base}/days`, { query: { days: 371 }, signal }),
  refetchInterval: 30_000,
});

/** One, whole. */
export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["activity", "one", id],
    queryFn: ({ signal }) => call<Run>("GET", `${base}/${encodeURIComponent(id)}`, { signal }),
    staleTime: "static",
  });

/** Everything there is now; in the background, for good. */
export const eraseRuns = () => call<{ operation_id: string }>("DELETE", base);
