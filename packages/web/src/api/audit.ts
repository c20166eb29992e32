import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { address, call } from "./client.ts";
import type { AuditLine, Page } from "./types.ts";

const base = "/api/stoa/v1/audit";

export interface AuditFilter {
  readonly action?: string;
  readonly actor?: string;
  readonly subject_kind?: string;
  readonly subject_id?: string;
  readonly text?: string;
  readonly since?: string;
  /** Exclusive. */
  readonly until?: string;
}

/** Read once: entries never change, and newer ones come by `newestAudit`. */
export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", "list", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<AuditLine>>("GET", base, { query: { ...filter, cursor: pageParam, limit: 100 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    staleTime: "static",
    gcTime: 60_000,
  });

/** The newest of them, as they are now. */
export const newestAudit = (filter: AuditFilter) =>
  queryOptions({
    queryKey: ["audit", "newest", filter],
    queryFn: ({ signal }) => call<Page<AuditLine>>("GET", base, { query: { ...filter, limit: 100 }, signal }),
    refetchInterval: 10_000,
  });

export const auditEntryQuery = (id: string) =>
  queryOptions({
    queryKey: ["audit", "one", id],
    queryFn: ({ signal }) => call<AuditLine>("GET", `${base}/${encodeURIComponent(id)}`, { signal }),
    staleTime: "static",
  });

/** Every action that there is an entry of. */
export const auditActionsQuery = queryOptions({
  queryKey: ["audit", "actions"],
  queryFn: async ({ signal }) => (await call<Page<string>>("GET", `${base}/actions`, { signal })).items,
  staleTime: 300_000,
});

/** What a walk of the whole chain found. */
export interface AuditVerification {
  readonly ok: boolean;
  readonly entries: number;
  readonly sealed: number;
  readonly problems: readonly { readonly seq: number; readonly what: string }[];
  readonly since: string | null;
  readonly newest: string | null;
  readonly at: string;
}

/** The last whole check; null: there was none. */
export const lastVerificationQuery = queryOptions({
  queryKey: ["audit", "verification"],
  queryFn: async ({ signal }) =>
    (await call<{ verification: AuditVerification | null }>("GET", `${base}/verification/last`, { signal }))
      .verification,
});

/** Begins a check of the whole chain, or joins the one under way. @returns its operation's id */
export const startVerification = async () =>
  (await call<{ operation_id: string }>("POST", `${base}/verification`, { body: {} })).operation_id;

/** The same filter as a file. */
export const auditCsvAddress = (filter: AuditFilter) => address(`${base}.csv`, { ...filter });
