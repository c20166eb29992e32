import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/mails";

export interface Mail {
  readonly id: number;
  readonly to: string;
  readonly subject: string;
  /** `kept`: there is no mail server, and an administrator passes it on. */
  readonly state: "queued" | "sent" | "kept" | "failed";
  readonly error: string | null;
  readonly created_at: string;
  readonly sent_at: string | null;
  /** When what it says is over, as its one-time link is. */
  readonly expires_at: string | null;
}

export const mailsQuery = infiniteQueryOptions({
  queryKey: ["mails", "list"],
  queryFn: ({ pageParam, signal }) =>
    call<Page<Mail>>("GET", base, { query: { cursor: pageParam, limit: 50 }, signal }),
  initialPageParam: "",
  getNextPageParam: (last) => last.next_cursor,
});

/** Each reading is in the audit. `text` is null once it was sent, or is over. */
export const mailQuery = (id: number) =>
  queryOptions({
    queryKey: ["mails", "one", id],
    queryFn: ({ signal }) => call<Mail & { text: string | null }>("GET", `${base}/${id}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** Once more: one that failed, or was kept while there was no mail server. */
export const resendMail = (id: number) => call<void>("POST", `${base}/${id}/resend`, { body: {} });

/** For good, with what it says. */
export const discardMail = (id: number) => call<void>("DELETE", `${base}/${id}`);

export const sendTestMail = (to: string) => call<void>("POST", `${base}/test`, { body: { to } });
