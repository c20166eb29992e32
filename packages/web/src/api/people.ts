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

export interface NewPerson {
  readonly username: string;
  readonly full_name: string;
  readonly email: string;
  /** Null: the person's own browser decides. */
  readonly locale: "en" | "fa" | null;
}

export interface OneTimeLink {
  readonly url: string;
  readonly expires_at: string;
}

/** The link is in this answer only, and in the person's mail where mail is delivered. */
export const createPerson = (person: NewPerson) =>
  call<{ person: Person; link: OneTimeLink; mailed: boolean }>("POST", base, { body: person });

export const updatePerson = (id: number, changes: { is_admin?: boolean; active?: boolean }) =>
  call<Person>("PATCH", `${base}/${id}`, { body: changes });

export const makeResetLink = (id: number) => call<OneTimeLink>("POST", `${base}/${id}/reset-link`, { body: {} });

export const personQuery = (id: number) =>
  queryOptions({
    queryKey: ["people", "one", id],
    queryFn: ({ signal }) => call<Person>("GET", `${base}/${id}`, { signal }),
  });

/** For who knows the address to be theirs: the present one, or the new one that they want. */
export const vouchForEmail = (id: number, email: string) =>
  call<Person>("POST", `${base}/${id}/vouch-email`, { body: { email } });
