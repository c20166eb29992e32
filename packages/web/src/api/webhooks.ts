import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

/** One's own, or everybody's: for administrators. */
export type Reach = "own" | "everybody";
export type WebhookState = "on" | "paused" | "off";
export type DeliveryState = "waiting" | "held" | "delivered" | "failed" | "cancelled";

export interface Webhook {
  readonly id: number;
  readonly owner: { readonly id: number; readonly username: string };
  readonly name: string;
  /** Of others' the host only. */
  readonly url: string;
  /** Types, and groups as `session.*`. */
  readonly types: readonly string[];
  readonly description: string;
  readonly everybody: boolean;
  readonly active: boolean;
  readonly state: WebhookState;
  readonly disabled_at: string | null;
  readonly disabled_why: "gone" | "failing" | null;
  readonly failing_since: string | null;
  readonly delivered_at: string | null;
  readonly old_secret_until: string | null;
  /** At most 20, the newest first. */
  readonly recent: readonly { readonly id: number; readonly state: DeliveryState; readonly at: string }[];
  /** In the reader's language. */
  readonly problem: string | null;
  readonly created_at: string;
}

export type WebhookWish = Pick<Webhook, "name" | "url" | "types" | "description"> & { readonly everybody?: boolean };
type WithSecret = Webhook & { readonly secret: string };

interface Attempt {
  readonly number: number;
  readonly at: string;
  readonly duration_ms: number;
  readonly status: number | null;
  /** In words; null: it arrived. */
  readonly error: string | null;
  readonly answer: string | null;
}

interface DeliverySummary {
  readonly id: number;
  readonly event_id: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly next_at: string | null;
  readonly replay_of: number | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}
export interface Delivery extends DeliverySummary {
  readonly last: Attempt | null;
}
export interface WholeDelivery extends DeliverySummary {
  readonly body: string;
  readonly attempts_made: readonly Attempt[];
}

export interface EventKind {
  readonly type: string;
  /** Null: it is not chosen. */
  readonly group: string | null;
  readonly about: string;
}

const base = "/api/stoa/v1/webhooks";
const baseOf = (reach: Reach) => (reach === "own" ? base : "/api/stoa/v1/admin/webhooks");
const pageSize = 100;
/** Deliveries are told by no event; webhooks' own changes are. */
const looksMs = 10_000;

/** The vocabulary, and how many webhooks one may have. */
export const eventKindsQuery = queryOptions({
  queryKey: ["webhooks", "event-types"],
  queryFn: ({ signal }) =>
    call<{ readonly items: readonly EventKind[]; readonly most: number }>("GET", `${base}/event-types`, { signal }),
});

export interface WebhookFilter {
  readonly state?: WebhookState;
  readonly account_id?: number;
}

export const webhooksQuery = (reach: Reach, filter: WebhookFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ["webhooks", "list", reach, filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Webhook>>("GET", baseOf(reach), {
        query: { ...filter, cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : looksMs),
  });

export const webhookQuery = (reach: Reach, id: number) =>
  queryOptions({
    queryKey: ["webhooks", "one", reach, id],
    queryFn: ({ signal }) => call<Webhook>("GET", `${baseOf(reach)}/${id}`, { signal }),
    refetchInterval: looksMs,
  });

export const createWebhook = (wish: WebhookWish) => call<WithSecret>("POST", base, { body: wish });
export const changeWebhook = (id: number, wish: Partial<WebhookWish>) =>
  call<Webhook>("PATCH", `${base}/${id}`, { body: wish });
/** @param active true also switches on what was switched off because it failed */
export const setActive = (reach: Reach, id: number, active: boolean) =>
  call<Webhook>("PATCH", `${baseOf(reach)}/${id}`, { body: { active } });
export const deleteWebhook = (reach: Reach, id: number) => call<void>("DELETE", `${baseOf(reach)}/${id}`);
/** The secret is in this answer only. */
/** @param force also while a replaced secret still signs, which ends at once */
export const rotateSecret = (id: number, force: boolean) =>
  call<WithSecret>("POST", `${base}/${id}/secret`, { body: { force } });
export const pingWebhook = (reach: Reach, id: number) =>
  call<Delivery>("POST", `${baseOf(reach)}/${id}/ping`, { body: {} });

export interface LogFilter {
  readonly state?: DeliveryState;
  readonly type?: string;
}

const logPath = (reach: Reach, id: number) => `${baseOf(reach)}/${id}/deliveries`;

/** What was sent, page by page. Read once: what changes comes by `newestDeliveries`. */
export const deliveriesQuery = (reach: Reach, id: number, filter: LogFilter) =>
  infiniteQueryOptions({
    queryKey: ["webhook-log", reach, id, filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Delivery>>("GET", logPath(reach, id), {
        query: { ...filter, cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    staleTime: "static",
    gcTime: 60_000,
  });

export const newestDeliveries = (reach: Reach, id: number, filter: LogFilter) =>
  queryOptions({
    queryKey: ["webhooks", "log", reach, id, filter],
    queryFn: ({ signal }) =>
      call<Page<Delivery>>("GET", logPath(reach, id), { query: { ...filter, limit: pageSize }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ next_at }) => next_at !== null && isSoon(next_at)) ? 1_500 : looksMs,
  });

const isSoon = (at: string) => new Date(at).getTime() - Date.now() < 10_000;

/** One with its body and every attempt, as long as it waits looked at again. */
export const deliveryQuery = (reach: Reach, id: number, delivery: number) =>
  queryOptions({
    queryKey: ["webhooks", "delivery", reach, id, delivery],
    queryFn: ({ signal }) => call<WholeDelivery>("GET", `${logPath(reach, id)}/${delivery}`, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.state === "waiting" ? (state.data.attempts === 0 ? 700 : 3_000) : false,
  });

export const replayDelivery = (reach: Reach, id: number, delivery: number) =>
  call<Delivery>("POST", `${logPath(reach, id)}/${delivery}/replay`, { body: {} });

/** @param since ISO 8601 */
export const replayFailed = (reach: Reach, id: number, since: string) =>
  call<{ readonly count: number; readonly more: boolean }>("POST", `${baseOf(reach)}/${id}/replay-failed`, {
    body: { since },
  });
