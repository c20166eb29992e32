import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page, Person } from "./types.ts";

const base = "/api/stoa/v1/people";

export const peopleQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ["people", { search }],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Person>>("GET", base, { query: { search, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export const updatePerson = (id: number, changes: { is_admin?: boolean; active?: boolean }) =>
  call<Person>("PATCH", `${base}/${id}`, { body: changes });

export const makeResetLink = (id: number) =>
  call<{ url: string; expires_at: string }>("POST", `${base}/${id}/reset-link`, { body: {} });

export const personQuery = (id: number) =>
  queryOptions({
    queryKey: ["people", "one", id],
    queryFn: ({ signal }) => call<Person>("GET", `${base}/${id}`, { signal }),
  });

/** For who knows the address to be theirs: the present one, or the new one that they want. */
export const vouchForEmail = (id: number, email: string) =>
  call<Person>("POST", `${base}/${id}/vouch-email`, { body: { email } });
