import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/services";

/** A program's account: it can't sign in; its client tokens get tokens for people it brings. */
export interface Service {
  readonly id: number;
  readonly username: string;
  readonly description: string;
  readonly active: boolean;
  /** In the group api_clients. */
  readonly api_client: boolean;
  readonly live_tokens: number;
  /** Whom it may get tokens for. */
  readonly people: number;
  readonly created_at: string;
}

export interface ClientToken {
  readonly key_id: string;
  readonly label: string;
  readonly status: "active" | "revoked" | "expired";
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_used_at: string | null;
  readonly last_ip: string | null;
  readonly usage_count: number;
}

export const servicesQuery = infiniteQueryOptions({
  queryKey: ["services", "list"],
  queryFn: ({ pageParam, signal }) =>
    call<Page<Service>>("GET", base, { query: { cursor: pageParam, limit: 100 }, signal }),
  initialPageParam: "",
  getNextPageParam: (last) => last.next_cursor,
});

export const clientTokensQuery = (id: number) =>
  queryOptions({
    queryKey: ["services", "tokens", id],
    queryFn: ({ signal }) => call<Page<ClientToken>>("GET", `${base}/${id}/tokens`, { signal }),
  });

export const createService = (service: { username: string; description: string }) =>
  call<Service>("POST", base, { body: service });

export const updateService = (id: number, changes: { description?: string; active?: boolean }) =>
  call<Service>("PATCH", `${base}/${id}`, { body: changes });

/** The secret is in this answer only. */
export const createClientToken = (id: number, token: { label: string; days: number }) =>
  call<ClientToken & { token: string }>("POST", `${base}/${id}/tokens`, { body: token });

export const revokeClientToken = (id: number, keyId: string) =>
  call<void>("DELETE", `${base}/${id}/tokens/${encodeURIComponent(keyId)}`);
