import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page, Session } from "./types.ts";

const base = "/api/stoa/v1/admin/sessions";

export type Hang = "host_lost" | "stopping_long" | "starting_long" | "unready_long";

/** A session, as an operator sees it. */
export interface AdminSession extends Pick<Session, "id" | "owner" | "workspace" | "job_type" | "reason_told"> {
  readonly status: Session["status"];
  readonly ready: boolean;
  readonly state_since: string;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly node: string;
  readonly node_seen_at: string | null;
  readonly cpus: number;
  readonly memory_bytes: number | null;
  readonly core_hours: string;
  readonly hang: Hang | null;
  readonly can_stop: boolean;
  readonly can_give_up: boolean;
}

/** Empty texts are left out. */
export interface AdminSessionFilter {
  readonly person?: string;
  readonly state?: string;
  readonly job_type?: string;
  readonly node?: string;
  readonly since?: string;
  readonly hanging?: boolean;
}

const pageSize = 100;

/** All of them, page by page. Read once: what changes comes by `newestAdminSessions`. */
export const adminSessionsQuery = (filter: AdminSessionFilter) =>
  infiniteQueryOptions({
    queryKey: ["admin-sessions", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<AdminSession>>("GET", base, { query: { ...filter, cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    staleTime: "static",
    gcTime: 60_000,
  });

/** The newest of them, as they are now. */
export const newestAdminSessions = (filter: AdminSessionFilter) =>
  queryOptions({
    queryKey: ["sessions", "admin", "newest", filter],
    queryFn: ({ signal }) => call<Page<AdminSession>>("GET", base, { query: { ...filter, limit: pageSize }, signal }),
    refetchInterval: 15_000,
  });

export const adminSessionQuery = (id: number) =>
  queryOptions({
    queryKey: ["sessions", "admin", "one", id],
    queryFn: ({ signal }) => call<AdminSession>("GET", `${base}/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.ended_at === null ? 10_000 : false),
  });

export interface SessionHost {
  readonly node: string;
  readonly seen_at: string | null;
  readonly answers: boolean;
  readonly live: number;
}

export const sessionHostsQuery = queryOptions({
  queryKey: ["sessions", "hosts"],
  queryFn: ({ signal }) => call<Page<SessionHost>>("GET", "/api/stoa/v1/admin/session-hosts", { signal }),
});

/** Takes a server that won't come back off the list. */
export const retireHost = (node: string) =>
  call<{ withdrawn: number }>("POST", `/api/stoa/v1/admin/session-hosts/${encodeURIComponent(node)}/retire`, {
    body: {},
  });

/** As many as one call stops. */
export const mostStopped = 100;

export interface StoppedMany {
  readonly stopped: readonly number[];
  readonly refused: readonly { readonly id: number; readonly message: string }[];
}

export const stopMany = (ids: readonly number[], message: string) =>
  call<StoppedMany>("POST", `${base}/stop`, { body: { ids, message } });

/** The dialog has said so. */
export const giveUpSession = (id: number) =>
  call<AdminSession>("POST", `${base}/${id}/give-up`, { body: { may_still_write: true } });
