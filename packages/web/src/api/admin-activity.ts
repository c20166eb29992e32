import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/admin/activity";
/** No event tells of a cell. */
const looksMs = 10_000;

export const PEOPLE_RANKS = ["last", "executions", "errors", "average"] as const;
export type PeopleRank = (typeof PEOPLE_RANKS)[number];

/** What somebody runs, in figures. */
export interface PersonRuns {
  readonly account: { readonly id: number; readonly username: string; readonly full_name: string };
  readonly executions: number;
  readonly today: number;
  readonly errors: number;
  readonly average_ms: number;
  readonly last_at: string | null;
}

/** One cell of somebody's. */
export interface AnyRun {
  readonly id: string;
  readonly timestamp: string;
  readonly status: "success" | "error";
  readonly execution_time_ms: number;
  readonly code: string;
  readonly error_message: string | null;
  /** False: there is more of code or message. */
  readonly is_whole: boolean;
  readonly was_cut: boolean;
  readonly account: { readonly id: number; readonly username: string };
}

export interface AnyRunFilter {
  readonly text?: string;
  readonly status?: "success" | "error";
  readonly account_id?: number;
}

export interface SystemStats {
  readonly total_executions: number;
  readonly active_users: number;
  readonly today_executions: number;
  readonly total_errors: number;
  readonly avg_execution_time_ms: number;
}

export const systemStatsQuery = queryOptions({
  queryKey: ["admin-activity", "stats"],
  queryFn: ({ signal }) => call<SystemStats>("GET", "/api/admin/system-stats", { signal }),
  refetchInterval: looksMs,
});

const peopleSize = 100;

/** Everybody who has reported something, the most of it first. */
export const peopleRunsQuery = (sort: PeopleRank) =>
  infiniteQueryOptions({
    queryKey: ["admin-activity", "people", sort],
    queryFn: ({ pageParam, signal }) =>
      call<Page<PersonRuns>>("GET", `${base}/people`, {
        query: { sort, cursor: pageParam, limit: peopleSize },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : looksMs),
  });

export const busiestQuery = queryOptions({
  queryKey: ["admin-activity", "busiest"],
  queryFn: ({ signal }) =>
    call<Page<PersonRuns>>("GET", `${base}/people`, { query: { sort: "executions", limit: 5 }, signal }),
  refetchInterval: looksMs,
});

/** One person's; nothing of who ran nothing. */
export const runsOfQuery = (id: number) =>
  queryOptions({
    queryKey: ["admin-activity", "of", id],
    queryFn: ({ signal }) =>
      call<Page<PersonRuns>>("GET", `${base}/people`, { query: { account_id: id, limit: 1 }, signal }),
    refetchInterval: looksMs,
  });

interface AnyRunPage extends Page<AnyRun> {
  /** The time for looking was up here: older ones are looked at with the next page. */
  readonly searched_back_to: string | null;
}

const pageSize = 50;

/** All that fit, page by page. Read once: what is new comes by `newestAnyRuns`. */
export const anyRunsQuery = (filter: AnyRunFilter) =>
  infiniteQueryOptions({
    queryKey: ["admin-runs", filter],
    queryFn: ({ pageParam, signal }) =>
      call<AnyRunPage>("GET", base, { query: { ...filter, cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    staleTime: "static",
    gcTime: 60_000,
  });

export const newestAnyRuns = (filter: AnyRunFilter, limit = pageSize) =>
  queryOptions({
    queryKey: ["admin-activity", "newest", filter, limit],
    queryFn: ({ signal }) => call<AnyRunPage>("GET", base, { query: { ...filter, limit }, signal }),
    refetchInterval: looksMs,
  });

/** One, whole. */
export const anyRunQuery = (id: string) =>
  queryOptions({
    queryKey: ["admin-activity", "one", id],
    queryFn: ({ signal }) => call<AnyRun>("GET", `${base}/${encodeURIComponent(id)}`, { signal }),
    staleTime: "static",
  });
