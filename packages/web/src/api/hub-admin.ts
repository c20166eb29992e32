import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { LaunchCause } from "./hub.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/admin/hub";
const pageSize = 100;

export interface HubPerson {
  readonly id: number;
  readonly username: string;
  readonly full_name: string;
}

export interface HubCalls {
  readonly calls: number;
  /** Percent; null: nothing was called. */
  readonly success_rate: number | null;
  readonly by_call: readonly {
    readonly call: string;
    readonly calls: number;
    readonly success_rate: number;
    readonly retries: number;
    readonly mean_ms: number;
    readonly slowest_ms: number;
  }[];
}

export interface HubLaunches {
  readonly launches: number;
  readonly success_rate: number | null;
  readonly by_outcome: readonly {
    /** `ok`, or the cause. */
    readonly outcome: string;
    readonly launches: number;
    readonly mean_ms: number;
    readonly slowest_ms: number;
  }[];
}

export interface HubPoint {
  readonly at: string;
  readonly calls: number;
  readonly fine: number;
  readonly mean_ms: number | null;
  readonly launches: number;
  readonly launches_ok: number;
}

export interface HubHealth {
  readonly configured: boolean;
  readonly checked_at: string | null;
  readonly reachable: boolean;
  readonly version: string | null;
  readonly problem: {
    readonly code: string;
    /** In English. */
    readonly said: string;
    /** Where the hub is asked. */
    readonly address: string;
    /** In the reader's language. */
    readonly fix: string;
  } | null;
  readonly breaker: "closed" | "open" | "half-open" | null;
  readonly token: { readonly kind: "user" | "service"; readonly name: string } | null;
  readonly functions: readonly {
    readonly id: string;
    readonly what: string;
    readonly on: boolean;
    readonly missing: readonly string[];
  }[];
  readonly calls: { readonly hour: HubCalls; readonly day: HubCalls };
  readonly launches: { readonly hour: HubLaunches; readonly day: HubLaunches };
  /** The last day in half hours, oldest first. */
  readonly curve: readonly HubPoint[];
  readonly failures: readonly {
    readonly at: string;
    readonly call: string;
    readonly cause: string;
    readonly said: string;
  }[];
  readonly failed_launches: readonly {
    readonly at: string;
    readonly account: { readonly id: number; readonly username: string };
    readonly server: string;
    readonly cause: LaunchCause | null;
    readonly message: string | null;
    readonly said: string | null;
    /** What an operator does about it, in the reader's language. */
    readonly fix: string;
    readonly operation_id: string;
  }[];
}

export const hubHealthQuery = queryOptions({
  queryKey: ["hub", "admin", "health"],
  queryFn: ({ signal }) => call<HubHealth>("GET", `${base}/health`, { signal }),
  refetchInterval: 15_000,
});

export type AnyServerState = "starting" | "ready" | "stopping" | "stopped";

export interface AnyServer {
  /** The hub's name of the user. */
  readonly user: string;
  /** Empty: the default one. */
  readonly server: string;
  readonly state: AnyServerState;
  readonly account: HubPerson | null;
  readonly started_at: string | null;
  readonly last_activity: string | null;
  readonly changed_at: string;
  readonly stop_wanted: string | null;
  readonly stopped_because: string | null;
  readonly stopped_at: string | null;
}

/** Empty texts are left out. */
export interface AnyServerFilter {
  readonly state?: string;
  readonly person?: string;
  readonly nobodys?: boolean;
}

export const anyServersQuery = (filter: AnyServerFilter) =>
  infiniteQueryOptions({
    queryKey: ["hub", "admin", "servers", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<AnyServer>>("GET", `${base}/servers`, {
        query: { ...filter, cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : 10_000),
  });

type WhichServer = Pick<AnyServer, "user" | "server">;

export const stopAnyServer = ({ user, server }: WhichServer, reason: string) =>
  call<void>("POST", `${base}/servers/stop`, {
    body: { user, ...(server === "" ? {} : { server }), ...(reason === "" ? {} : { reason }) },
  });

export interface OpenProof {
  readonly reason: string;
  readonly current_password: string;
  readonly code?: string;
}

export const openAnyServer = ({ user, server }: WhichServer, proof: OpenProof) =>
  call<{ readonly url: string }>("POST", `${base}/servers/open`, {
    body: { user, ...(server === "" ? {} : { server }), ...proof },
  });

export interface SeenHubUser {
  readonly name: string;
  readonly is_admin: boolean;
  readonly last_activity: string | null;
  readonly seen_at: string;
  readonly servers: number;
  readonly account: HubPerson | null;
  readonly linked_by: string | null;
  readonly suggestions: readonly { readonly account: HubPerson; readonly why: "verified_email" | "same_name" }[];
}

export const ONLY_USERS = ["unlinked", "linked", "admins"] as const;
export type OnlyUsers = (typeof ONLY_USERS)[number];

export const hubUsersQuery = (filter: { readonly only?: OnlyUsers; readonly search?: string }) =>
  infiniteQueryOptions({
    queryKey: ["hub", "admin", "users", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<SeenHubUser>>("GET", `${base}/users`, {
        query: { ...filter, cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export const LINK_STATES = ["none", "wanted", "taken", "missing", "ours"] as const;
export type LinkState = (typeof LINK_STATES)[number];

export interface AccountLink {
  readonly account: HubPerson;
  /** What their hub user is called, or is to be. */
  readonly name: string | null;
  readonly state: LinkState;
  /** In English. */
  readonly problem: string | null;
  readonly retry_at: string | null;
  readonly linked_by: string | null;
}

export const accountLinksQuery = (filter: { readonly state?: LinkState; readonly search?: string }) =>
  infiniteQueryOptions({
    queryKey: ["hub", "admin", "accounts", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<AccountLink>>("GET", `${base}/accounts`, {
        query: { ...filter, cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export interface LinkWish {
  readonly name: string;
  /** What the person was linked to when one looked. */
  readonly was: string | null;
  /** One knows that it is an administrator of the hub. */
  readonly hub_admin?: boolean;
}

export const linkHubUser = (accountId: number, wish: LinkWish) =>
  call<void>("PUT", `${base}/accounts/${accountId}/link`, { body: wish });
export const unlinkHubUser = (accountId: number, was: string) =>
  call<void>("DELETE", `${base}/accounts/${accountId}/link?was=${encodeURIComponent(was)}`);

interface Matches {
  readonly count: number;
  /** The first 200. */
  readonly items: readonly { readonly name: string; readonly account: HubPerson }[];
}

export const emailMatchesQuery = queryOptions({
  queryKey: ["hub", "admin", "by-email"],
  queryFn: ({ signal }) => call<Matches>("GET", `${base}/links/by-email`, { signal }),
});

export const linkByEmail = (expected: number) =>
  call<{ readonly operation_id: string }>("POST", `${base}/links/by-email`, { body: { expected } });

interface Listed<T> {
  readonly count: number;
  /** The first 50. */
  readonly items: readonly T[];
}

export interface HubDrift {
  readonly listed_at: string | null;
  readonly missing: Listed<{
    readonly account: HubPerson;
    readonly name: string;
    readonly perhaps_now: readonly string[];
  }>;
  readonly orphans: Listed<{ readonly name: string; readonly is_admin: boolean; readonly servers: number }>;
  readonly servers: Listed<{ readonly user: string; readonly server: string; readonly state: string }>;
}

export const hubDriftQuery = queryOptions({
  queryKey: ["hub", "admin", "drift"],
  queryFn: ({ signal }) => call<HubDrift>("GET", `${base}/drift`, { signal }),
});
