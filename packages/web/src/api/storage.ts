import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/storage";

export type SubjectKind = "user" | "group";

/** Why something is not done; the problem itself is the server's text, for operators. */
export type ProblemCode =
  | "exists"
  | "missing"
  | "not_a_directory"
  | "below_used"
  | "busy"
  | "full"
  | "read_only"
  | "other_file_system"
  | "failed"
  | "away";

/** A person's or a group's directory or dataset. Sizes are bytes. */
export interface StorageSubject {
  readonly id: number;
  readonly kind: SubjectKind;
  readonly name: string;
  readonly account: { readonly id: number; readonly username: string; readonly full_name: string } | null;
  readonly group: { readonly id: number; readonly name: string } | null;
  /** 0: none. */
  readonly quota: number;
  /** With a raise, while it lasts. */
  readonly effective_quota: number;
  /** Null: it was found so. */
  readonly quota_set_by: string | null;
  readonly quota_set_at: string | null;
  readonly used: number;
  readonly usage_kind: "none" | "quota" | "apparent";
  /** How old the figure is. */
  readonly as_of: string | null;
  /** Whether anything holds them to the quota. */
  readonly enforced: boolean;
  readonly raise: { readonly bytes: number; readonly until: string } | null;
  readonly adopted: boolean;
  readonly state: "ready" | "pending" | "problem";
  readonly problem: string | null;
  readonly problem_code: ProblemCode | null;
  readonly remark: string | null;
  /** Which of the usual remarks it is. */
  readonly remark_code: "made_anew" | "not_in_trash" | "strays" | null;
  readonly created_at: string;
}

interface Sum {
  readonly count: number;
  readonly used: number;
  readonly quota: number;
}

export interface StorageCapabilities {
  /** Null: by nothing, quotas are only answered. */
  readonly enforced_by: "project" | "user" | "dataset" | null;
  readonly against_accident_only: boolean;
  readonly binds_root: boolean;
  readonly snapshots: boolean;
  readonly trash_outside_quota: boolean;
  readonly usage_kind: "quota" | "apparent";
  readonly refuses_below_used: boolean;
}

export interface StorageOverview {
  readonly back_end: {
    readonly backend: "posix" | "zfs";
    readonly ok: boolean;
    readonly problem: string | null;
    /** One that this portal may not know: a newer server's. */
    readonly problem_code: string | null;
    readonly problem_params: Readonly<Record<string, string>> | null;
    readonly about: string;
    readonly size: number | null;
    readonly free: number | null;
    readonly capabilities: StorageCapabilities;
  };
  readonly people: Sum;
  readonly groups: Sum;
  readonly over: number;
  readonly near: number;
  readonly problems: number;
  readonly trash: { readonly count: number; readonly used: number };
  readonly oldest_figure: string | null;
}

export interface StorageHistory {
  readonly points: readonly { readonly at: string; readonly used: number; readonly quota: number }[];
  /** Null with less than a day's history. */
  readonly forecast: { readonly bytes_per_day: number; readonly full_at: string | null } | null;
}

export interface DeletedStorage {
  readonly id: number;
  readonly kind: SubjectKind;
  readonly name: string;
  readonly used: number;
  readonly deleted_at: string;
  readonly deleted_by: string | null;
  /** When it is removed for good; null: now. */
  readonly ends_at: string | null;
  readonly state: "moving" | "kept" | "purging";
  readonly problem: string | null;
  readonly problem_code: ProblemCode | null;
}

/** Figures are counted without an event: what is looked at is asked for again. */
const figuresMs = 60_000;

/** For administrators. */
export const storageOverviewQuery = queryOptions({
  queryKey: ["storage", "overview"],
  queryFn: ({ signal }) => call<StorageOverview>("GET", base, { signal }),
  refetchInterval: figuresMs,
});

export const SUBJECT_FILTERS = ["over", "near", "problem", "unlinked"] as const;
export type SubjectFilter = (typeof SUBJECT_FILTERS)[number];
export const SUBJECT_SORTS = ["used", "share", "quota", "name"] as const;
export type SubjectSort = (typeof SUBJECT_SORTS)[number];

/** Which of them, in which order. */
export interface SubjectsLook {
  readonly kind?: SubjectKind;
  readonly search?: string;
  readonly only?: SubjectFilter;
  readonly sort: SubjectSort;
}

type SubjectPage = Page<StorageSubject> & { readonly total: number };

const subjectsPage = (look: SubjectsLook, cursor: string, limit: number, signal?: AbortSignal) =>
  call<SubjectPage>("GET", `${base}/subjects`, { query: { ...look, cursor, limit }, signal });

export const subjectsQuery = (look: SubjectsLook) =>
  infiniteQueryOptions({
    queryKey: ["storage", "list", look],
    queryFn: ({ pageParam, signal }) => subjectsPage(look, pageParam, 100, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

/** Those who use most, for the picture. */
export const largestQuery = (count: number) =>
  queryOptions({
    queryKey: ["storage", "largest", count],
    queryFn: ({ signal }) => subjectsPage({ sort: "used" }, "", count, signal),
    refetchInterval: figuresMs,
  });

/** What one person or group has; null: nothing. For administrators. */
export const heldStorageQuery = (holder: { readonly account_id: number } | { readonly group_id: number }) =>
  queryOptions({
    queryKey: ["storage", "held", holder],
    queryFn: async ({ signal }) => {
      const query = { ...holder, limit: 1 };
      return (await call<SubjectPage>("GET", `${base}/subjects`, { query, signal })).items[0] ?? null;
    },
  });

/** All that are meant, page after page: a change of many takes their ids. */
export async function everySubject(look: SubjectsLook): Promise<StorageSubject[]> {
  const all: StorageSubject[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: SubjectPage = await subjectsPage(look, cursor, 500);
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}

export const subjectQuery = (id: number) =>
  queryOptions({
    queryKey: ["storage", "one", id],
    queryFn: ({ signal }) => call<StorageSubject>("GET", `${base}/subjects/${id}`, { signal }),
    refetchInterval: figuresMs,
  });

/** @param of a subject's id, for administrators; null: one's own */
export const storageHistoryQuery = (of: number | null, days: number) =>
  queryOptions({
    queryKey: ["storage", "history", of, days],
    queryFn: ({ signal }) => {
      const path = of === null ? `${base}/mine/history` : `${base}/subjects/${of}/history`;
      return call<StorageHistory>("GET", path, { query: { days }, signal });
    },
    staleTime: figuresMs,
  });

export interface NewStorage {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly quota?: number;
  readonly account_id?: number;
  readonly group_id?: number;
  /** Although one of this name is in the trash. */
  readonly anew?: boolean;
}

/** @throws ApiError 409 with `reason` `in_trash` (with its `id` and what it `used`) or `exists` */
export const createStorage = (wish: NewStorage) => call<StorageSubject>("POST", `${base}/subjects`, { body: wish });

/** @param quota bytes; 0: none */
export const setQuota = (id: number, quota: number) =>
  call<StorageSubject>("PUT", `${base}/subjects/${id}/quota`, { body: { quota } });

export interface QuotaOutcome {
  readonly id: number;
  readonly done: boolean;
  readonly problem: string | null;
  readonly problem_code: ProblemCode | null;
}

/** One quota for at most 500. */
export const setQuotas = (ids: readonly number[], quota: number) =>
  call<{ readonly items: readonly QuotaOutcome[] }>("PUT", `${base}/quotas`, { body: { ids, quota } });

/** @param to null: nobody's */
export const linkStorage = (id: number, to: { readonly account_id: number } | { readonly group_id: number } | null) =>
  call<StorageSubject>("PUT", `${base}/subjects/${id}/link`, { body: to ?? { account_id: null, group_id: null } });

export const deleteStorage = (id: number) => call<void>("DELETE", `${base}/subjects/${id}`);

/** @param ids null: all; in the background: `as_of` tells when it is done */
export const recountStorage = (ids: readonly number[] | null) =>
  call<void>("POST", `${base}/recount`, { body: ids === null ? {} : { ids } });

export const deletedStorageQuery = infiniteQueryOptions({
  queryKey: ["storage", "trash"],
  queryFn: ({ pageParam, signal }) =>
    call<Page<DeletedStorage>>("GET", `${base}/trash`, { query: { cursor: pageParam, limit: 100 }, signal }),
  initialPageParam: "",
  getNextPageParam: (last) => last.next_cursor,
});

export const restoreStorage = (id: number) => call<StorageSubject>("POST", `${base}/trash/${id}/restore`, { body: {} });

interface Purging {
  /** Null: there was nothing to do. */
  readonly operation_id: string | null;
  readonly entries: number;
}

export const purgeStorage = (id: number) => call<Purging>("DELETE", `${base}/trash/${id}`);
export const purgeAllStorage = () => call<Purging>("DELETE", `${base}/trash`);

/** Where somebody's workspaces lie, what a move into their storage takes, and what one has left. */
export interface MoveIn {
  readonly place: "inside" | "apart" | "empty" | null;
  /** Null: nothing stands in the way. */
  readonly why_not: "off" | "not_linked" | "nothing_apart" | "under_way" | "aside_kept" | "sessions" | null;
  readonly workspaces: number;
  readonly in_trash: number;
  readonly sessions: number;
  /** As last counted. */
  readonly bytes: number;
  readonly operation_id: string | null;
  readonly aside: {
    readonly bytes: number;
    readonly files: number;
    readonly moved_at: string;
    /** Null: they are being removed. */
    readonly ends_at: string | null;
  } | null;
}

interface Begun {
  readonly operation_id: string;
}

export const moveInQuery = (id: number) =>
  queryOptions({
    queryKey: ["storage", "move-in", id],
    queryFn: ({ signal }) => call<MoveIn>("GET", `${base}/subjects/${id}/move-in`, { signal }),
  });

export const moveWorkspacesIn = (id: number) => call<Begun>("POST", `${base}/subjects/${id}/move-in`, { body: {} });
export const purgeAside = (id: number) => call<Begun>("DELETE", `${base}/subjects/${id}/move-in/aside`);
