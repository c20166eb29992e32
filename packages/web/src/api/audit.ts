import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { address, call } from "./client.ts";
import type { AuditLine, Page } from "./types.ts";

const base = "/api/stoa/v1/audit";

export interface AuditFilter {
  readonly action?: string;
  readonly actor?: string;
  readonly text?: string;
  readonly since?: string;
  readonly until?: string;
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", "list", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<AuditLine>>("GET", base, { query: { ...filter, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** What a walk of the chain found. */
export interface AuditVerification {
  readonly ok: boolean;
  readonly entries: number;
  readonly problems?: readonly { readonly seq: number; readonly what: string }[];
  readonly at: string;
}

export const verificationQuery = queryOptions({
  queryKey: ["audit", "verification"],
  queryFn: ({ signal }) => call<AuditVerification>("GET", `${base}/verification`, { signal }),
  staleTime: 300_000,
});

/** The same filter as a file. */
export const auditCsvAddress = (filter: AuditFilter) => address(`${base}.csv`, { ...filter });
