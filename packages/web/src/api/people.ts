import { infiniteQueryOptions } from "@tanstack/react-query";
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
