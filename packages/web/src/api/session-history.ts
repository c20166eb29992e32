import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page, Session } from "./types.ts";

/** What the list of ended sessions is narrowed to; left out: not by this. */
export interface HistoryFilter {
  readonly status?: "complete" | "failed";
  readonly job_type?: string;
  readonly workspace_id?: number;
  /** A number, or part of a program's or a workspace's name. */
  readonly search?: string;
}

/** Whoever goes on reads far: the list is drawn anew with each page that comes. */
const [firstRows, moreRows] = [50, 100];

const read = (filter: HistoryFilter, cursor: string, signal: AbortSignal) =>
  call<Page<Session>>("GET", "/api/stoa/v1/sessions", {
    query: { ...filter, ended: true, cursor, limit: cursor === "" ? firstRows : moreRows },
    signal,
  });

/**
 * Own sessions that have ended, newest first. What has ended doesn't change, so events make none of its pages old: with
 * two hundred of them each event would ask two hundred times. What is new comes by `newestEndedQuery`.
 */
export const historyQuery = (filter: HistoryFilter) =>
  infiniteQueryOptions({
    queryKey: ["sessions", "history", "pages", filter],
    queryFn: ({ pageParam, signal }) => read(filter, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    staleTime: "static",
  });

/** The first page of them, kept fresh. */
export const newestEndedQuery = (filter: HistoryFilter) =>
  queryOptions({
    queryKey: ["sessions", "history", "newest", filter],
    queryFn: ({ signal }) => read(filter, "", signal),
  });

/**
 * The rows of pages read earlier, with what a newer first page tells besides.
 * @returns null when some may be missing between the two: the pages have to be read anew
 */
export function withNewest(rows: readonly Session[], newest: Page<Session>): readonly Session[] | null {
  const last = newest.items.at(-1);
  if (last === undefined) return rows;
  if (newest.next_cursor !== null && last.id > (rows[0]?.id ?? 0)) return null;
  const older = rows.findIndex(({ id }) => id < last.id);
  const known = new Set((older === -1 ? rows : rows.slice(0, older)).map(({ id }) => id));
  const added = newest.items.filter(({ id }) => !known.has(id));
  // One that ran for long has an old number, and stands among those.
  return added.length === 0 ? rows : [...added, ...rows].toSorted((a, b) => b.id - a.id);
}
