import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/notices";
/** As many as the bell's list shows. */
const latestCount = 8;

/** Something that happened to me without my doing. */
export interface Notice {
  readonly id: number;
  /** As `share.offered`: under `notices.said` in the catalogues. */
  readonly kind: string;
  readonly subject: { readonly kind: string; readonly id: string };
  /** What the sentence is made of: names, figures, ISO times. */
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
  /** The sentence as the server says it. */
  readonly text: string;
  /** The page of the thing, with its search. */
  readonly link: string;
  readonly created_at: string;
  /** Null: unread. */
  readonly read_at: string | null;
}

export type MailChoice = "none" | "at_once" | "daily";

/** How I want to hear of one kind. */
export interface NoticePreference {
  readonly kind: string;
  /** At the bell and on the page. */
  readonly shown: boolean;
  readonly mail: MailChoice;
  /** It is about the account's safety: always shown and mailed, and not to be chosen. */
  readonly mailed_always: boolean;
}

export interface NoticePreferences {
  /** False: no mail server is set up. */
  readonly mail_available: boolean;
  readonly items: readonly NoticePreference[];
}

export interface NoticeFilter {
  readonly unread?: boolean;
  /** Empty: all. */
  readonly kinds?: readonly string[];
}

export const unreadNoticesQuery = queryOptions({
  queryKey: ["notices", "count"],
  queryFn: ({ signal }) => call<{ unread: number }>("GET", `${base}/count`, { signal }),
});

/** The newest few, for the bell. */
export const latestNoticesQuery = queryOptions({
  queryKey: ["notices", "latest"],
  queryFn: ({ signal }) => call<Page<Notice>>("GET", base, { query: { limit: latestCount }, signal }),
});

export const noticesQuery = ({ unread = false, kinds = [] }: NoticeFilter) =>
  infiniteQueryOptions({
    queryKey: ["notices", "all", unread, kinds],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Notice>>("GET", base, {
        query: { cursor: pageParam, limit: 50, unread: unread || undefined, kinds: kinds.join(",") },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export const noticePreferencesQuery = queryOptions({
  queryKey: ["notice-preferences"],
  queryFn: ({ signal }) => call<NoticePreferences>("GET", `${base}/preferences`, { signal }),
});

export const markNoticesRead = (which: { readonly ids: readonly number[] } | { readonly all: true }) =>
  call<{ unread: number }>("POST", `${base}/read`, { body: which });

export const chooseNotices = ({ kind, shown, mail }: Omit<NoticePreference, "mailed_always">) =>
  call<NoticePreferences>("PUT", `${base}/preferences`, { body: { items: [{ kind, shown, mail }] } });
