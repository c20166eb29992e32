import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { address, call, callBytes } from "./client.ts";
import type { ListedPerson, Page, Person } from "./types.ts";

const base = "/api/stoa/v1/people";

export const peopleQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ["people", { search }],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Person>>("GET", base, { query: { search, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export const PEOPLE_STATES = [
  "active",
  "this_week",
  "earlier",
  "pending",
  "waiting",
  "never",
  "deactivated",
  "leaving",
  "admins",
  "deleted",
] as const;
export type PeopleState = (typeof PEOPLE_STATES)[number];
export type PeopleSort = "name" | "created" | "seen";

/** Which people are meant: in the list, in a file, in a change of many. */
export interface PeopleFilter {
  readonly search?: string;
  readonly state?: PeopleState;
}

export interface PeopleLook extends PeopleFilter {
  readonly sort: PeopleSort;
  readonly order: "asc" | "desc";
}

interface ListedPage extends Page<ListedPerson> {
  /** Of all pages; with the first one. */
  readonly total?: number;
}

export const peopleListQuery = (look: PeopleLook) =>
  infiniteQueryOptions({
    queryKey: ["people", "list", look],
    queryFn: ({ pageParam, signal }) =>
      call<ListedPage>("GET", base, { query: { ...look, cursor: pageParam, limit: 100 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** `this_week` to `deactivated` add up to `all`; the others are of these. */
export interface PeopleCounts {
  readonly all: number;
  readonly this_week: number;
  readonly earlier: number;
  readonly never: number;
  readonly pending: number;
  readonly deactivated: number;
  readonly unverified: number;
  readonly leaving: number;
  readonly admins: number;
}

export const peopleCountsQuery = queryOptions({
  queryKey: ["people", "counts"],
  queryFn: ({ signal }) => call<PeopleCounts>("GET", `${base}/counts`, { signal }),
});

export const peopleExportAddress = (filter: PeopleFilter) => address(`${base}/export`, { ...filter });

/** Those chosen one by one, as CSV: there may be more of them than an address holds. */
export const peopleFile = async (ids: readonly number[]): Promise<Blob> =>
  (
    await callBytes(`${base}/export`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ids }),
    })
  ).blob();

export type ManyVerb =
  | { readonly verb: "activate" | "deactivate" | "approve" }
  | { readonly verb: "add-to-group"; readonly params: { readonly group_id: number } }
  | { readonly verb: "core-hours"; readonly params: { readonly allowed: string; readonly period: "month" | "total" } };
export type Whom =
  | { readonly ids: readonly number[] }
  /** `expected`: as many as the list said; others by then, and nobody is changed. */
  | {
      readonly filter: Omit<PeopleFilter, "state"> & { readonly state: PeopleState | "all" };
      readonly expected: number;
    };

interface Queued {
  readonly operation_id: string;
  readonly count: number;
}

/** An operation does it; `manyChangeQuery` tells how it goes. */
export const changeMany = (verb: ManyVerb, whom: Whom) =>
  call<Queued>("POST", `${base}/changes`, { body: { ...verb, ...whom } });

export const undoMany = (id: string) =>
  call<Queued>("POST", `${base}/changes/${encodeURIComponent(id)}/undo`, { body: {} });

export interface ManyChange {
  readonly operation_id: string;
  readonly verb: ManyVerb["verb"];
  readonly state: string;
  readonly is_undo: boolean;
  readonly can_undo: boolean;
  readonly total: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly refusals: readonly {
    readonly id: number;
    readonly username: string;
    readonly full_name: string;
    readonly reason: string;
  }[];
}

export const manyChangeQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "change", id],
    queryFn: ({ signal }) => call<ManyChange>("GET", `${base}/changes/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (["queued", "running"].includes(state.data?.state ?? "queued") ? 700 : false),
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
