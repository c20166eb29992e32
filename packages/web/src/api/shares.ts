import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/shares";
const ofWorkspace = (workspaceId: number) => `/api/stoa/v1/workspaces/${workspaceId}/shares`;

export type ShareState = "copying" | "pending" | "accepted" | "declined" | "cancelled" | "failed";

export interface SharePerson {
  readonly id: number;
  readonly username: string;
  readonly full_name: string;
}

/** A copy of a workspace for one receiver. */
export interface Share {
  /** The shared workspace's own. */
  readonly id: number;
  readonly state: ShareState;
  readonly name: string;
  readonly description: string;
  readonly original_workspace_id: number;
  readonly sender: SharePerson;
  readonly receiver: SharePerson;
  readonly created_at: string;
  readonly ready_at: string | null;
  readonly answered_at: string | null;
  readonly decline_reason: string | null;
  /** For the sender. */
  readonly failure: string | null;
  readonly copy: {
    readonly operation_id: string | null;
    /** 0 to 100. */
    readonly progress: number | null;
    /** Once the copy is whole. */
    readonly files: number | null;
    readonly bytes: number | null;
    /** What could not be copied, counted by kind. */
    readonly left_out: Readonly<Record<string, number>>;
  };
}

/** Who has what of one workspace of mine, newest first. */
export const workspaceSharesQuery = (workspaceId: number) =>
  infiniteQueryOptions({
    queryKey: ["shares", "of", workspaceId],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Share>>("GET", ofWorkspace(workspaceId), { query: { cursor: pageParam, limit: 20 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** What others share with me and wait for an answer to. */
export const offeredSharesQuery = queryOptions({
  queryKey: ["shares", "offered"],
  queryFn: ({ signal }) =>
    call<Page<Share>>("GET", base, { query: { direction: "received", state: "pending", limit: 200 }, signal }),
});

/** What I shared with others, of all my workspaces. */
export const sentSharesQuery = queryOptions({
  queryKey: ["shares", "sent"],
  queryFn: ({ signal }) => call<Page<Share>>("GET", base, { query: { direction: "sent", limit: 200 }, signal }),
});

/** Who of one workspace of mine may still accept it: until they answer, it can't be deleted. */
export const unansweredSharesQuery = (workspaceId: number) =>
  queryOptions({
    queryKey: ["shares", "unanswered", workspaceId],
    queryFn: async ({ signal }) => {
      const ofState = (state: ShareState) =>
        call<Page<Share>>("GET", ofWorkspace(workspaceId), { query: { state, limit: 200 }, signal });
      const [copying, pending] = await Promise.all([ofState("copying"), ofState("pending")]);
      return [...copying.items, ...pending.items];
    },
  });

export const shareWorkspace = (workspaceId: number, account_ids: readonly number[], group_ids: readonly number[]) =>
  call<{ items: Share[] }>("POST", ofWorkspace(workspaceId), { body: { account_ids, group_ids } });

const end = (id: number, verb: string, body: object) => call<Share>("POST", `${base}/${id}/${verb}`, { body });
export const acceptShare = (id: number) => end(id, "accept", {});
export const cancelShare = (id: number) => end(id, "cancel", {});
export const declineShare = (id: number, reason: string) => end(id, "decline", reason === "" ? {} : { reason });
