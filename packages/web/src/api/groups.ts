import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/groups";

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** Part of Stoa: it has service accounts only. */
  readonly built_in: boolean;
  readonly member_count: number;
}

/** The groups that one is in. */
export const myGroupsQuery = queryOptions({
  queryKey: ["groups", "mine"],
  queryFn: ({ signal }) => call<Page<Group>>("GET", base, { query: { mine: true, limit: 200 }, signal }),
});
