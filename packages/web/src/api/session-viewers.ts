import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { SharePerson } from "./shares.ts";
import type { Page, Session } from "./types.ts";

const viewersOf = (sessionId: number) => `/api/stoa/v1/sessions/${sessionId}/viewers`;

/** Somebody with whom a running session is shared. */
export interface Viewer {
  readonly account: SharePerson;
  /** Uses its program, and so acts as its owner; else only looks at its terminal. */
  readonly may_act: boolean;
  readonly invited_at: string;
}

/** What one knows of somebody else's session that is shared with one. */
export interface SharedSession
  extends Pick<
    Session,
    "id" | "job_type" | "job_type_name" | "status" | "ready" | "started_at" | "ends_at" | "opens" | "has_terminal"
  > {
  readonly owner: SharePerson;
  readonly workspace_name: string;
  readonly may_act: boolean;
  readonly invited_at: string;
}

export const viewersQuery = (sessionId: number) =>
  queryOptions({
    queryKey: ["sessions", "viewers", sessionId],
    queryFn: async ({ signal }) => (await call<{ items: Viewer[] }>("GET", viewersOf(sessionId), { signal })).items,
  });

/** Once more for the same person: changes what they may. */
export const addViewer = (sessionId: number, accountId: number, mayAct: boolean) =>
  call<Viewer>("POST", viewersOf(sessionId), { body: { account_id: accountId, may_act: mayAct } });

/** Of somebody from one's own, or of oneself from another's. */
export const removeViewer = (sessionId: number, accountId: number) =>
  call<void>("DELETE", `${viewersOf(sessionId)}/${accountId}`);

const shared = "/api/stoa/v1/shared-sessions";

/** Other people's that run and are shared with me, newest first. */
export const sharedSessionsQuery = infiniteQueryOptions({
  queryKey: ["sessions", "shared", "list"],
  queryFn: ({ pageParam, signal }) =>
    call<Page<SharedSession>>("GET", shared, { query: { cursor: pageParam, limit: 50 }, signal }),
  initialPageParam: "",
  getNextPageParam: (last) => last.next_cursor,
});

export const sharedSessionQuery = (id: number) =>
  queryOptions({
    queryKey: ["sessions", "shared", "one", id],
    queryFn: ({ signal }) => call<SharedSession>("GET", `${shared}/${id}`, { signal }),
  });
