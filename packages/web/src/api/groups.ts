import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/groups";

export type GroupRole = "owner" | "member";

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** Part of Stoa: it has service accounts only. */
  readonly built_in: boolean;
  /** Active ones, owners included. */
  readonly member_count: number;
  readonly own_role: GroupRole | null;
  readonly may_manage: boolean;
  readonly created_at: string;
}

export interface Member {
  readonly account_id: number;
  readonly kind: "person" | "service";
  readonly username: string;
  readonly full_name: string;
  readonly email: string | null;
  readonly active: boolean;
  readonly role: GroupRole;
  readonly added_at: string;
}

export const groupsQuery = (which: "own" | "all", search: string) =>
  infiniteQueryOptions({
    queryKey: ["groups", "list", which, search],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Group>>("GET", base, { query: { which, search, cursor: pageParam, limit: 100 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** The groups that one is in. */
export const myGroupsQuery = queryOptions({
  queryKey: ["groups", "mine"],
  queryFn: ({ signal }) => call<Page<Group>>("GET", base, { query: { which: "own", limit: 200 }, signal }),
});

export const groupQuery = (id: number) =>
  queryOptions({
    queryKey: ["groups", "one", id],
    queryFn: ({ signal }) => call<Group>("GET", `${base}/${id}`, { signal }),
  });

export const membersQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: ["groups", "members", id],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Member>>("GET", `${base}/${id}/members`, { query: { cursor: pageParam, limit: 100 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export interface GroupWords {
  readonly name: string;
  readonly description: string;
}

export const createGroup = (words: GroupWords) => call<Group>("POST", base, { body: words });
export const updateGroup = (id: number, words: GroupWords) => call<Group>("PATCH", `${base}/${id}`, { body: words });
export const deleteGroup = (id: number) => call<void>("DELETE", `${base}/${id}`);

/** Adds somebody, or gives them another role. */
export const putMember = (id: number, accountId: number, role: GroupRole) =>
  call<unknown>("PUT", `${base}/${id}/members/${accountId}`, { body: { role } });
export const removeMember = (id: number, accountId: number) =>
  call<void>("DELETE", `${base}/${id}/members/${accountId}`);
