import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/admin";

/** Something that waits for an operator, told by its code. */
export interface Need {
  readonly code: string;
  readonly tone: "bad" | "warn" | "hint";
  readonly at: string;
  readonly count: number;
  readonly subject: { readonly kind: string; readonly id: string; readonly label: string } | null;
  readonly params: Readonly<Record<string, string | number>>;
}

/** The gravest first. Events tell of most; a disk or a driver tells of nothing, so it asks again. */
export const needsQuery = queryOptions({
  queryKey: ["overview", "needs"],
  queryFn: ({ signal }) => call<Page<Need>>("GET", `${base}/needs`, { signal }),
  refetchInterval: 30_000,
});

/** The figures of one day (UTC). */
export interface Day {
  readonly day: string;
  readonly people_active: number;
  readonly sessions_started: number;
  readonly sessions_running: number;
  readonly sessions_complete: number;
  readonly sessions_failed: number;
  readonly ready_median_ms: number | null;
  readonly core_hours: string;
  readonly room_bytes: number | null;
}

export const curvesQuery = (days: number) =>
  queryOptions({
    queryKey: ["curves", days],
    queryFn: ({ signal }) => call<Page<Day>>("GET", `${base}/curves`, { query: { days }, signal }),
    staleTime: 60_000,
  });
