import { infiniteQueryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Page } from "./types.ts";

const base = "/api/stoa/v1/hub";

/** Begins a start, or joins the one that goes on. */
export const launchServer = (server: string) =>
  call<{ operation_id: string; is_new: boolean }>("POST", `${base}/launch`, { body: { server } });

/** The way into one that is ready. @param url with a fresh token, good for this server alone */
export const openServer = (server: string) =>
  call<{ url: string; token_id: number | null }>("POST", `${base}/open`, { body: { server } });

export const stopServer = (server: string) => call<unknown>("POST", `${base}/stop`, { body: { server } });

/** Says that it is wanted still. */
export const keepServer = (server: string) => call<unknown>("POST", `${base}/keep`, { body: { server } });

export interface HubToken {
  readonly id: number;
  /** Empty: the default one. */
  readonly server: string;
  /** `revoking`: the hub is to end it, and has not yet. */
  readonly state: "good" | "revoking" | "revoked" | "expired";
  readonly created_at: string;
  readonly expires_at: string;
  /** From where it was asked for. */
  readonly address: string | null;
}

export const hubTokensQuery = infiniteQueryOptions({
  queryKey: ["hub", "tokens"],
  queryFn: ({ pageParam, signal }) =>
    call<Page<HubToken>>("GET", `${base}/tokens`, { query: { cursor: pageParam, limit: 50 }, signal }),
  initialPageParam: "",
  getNextPageParam: (last) => last.next_cursor,
});

export const endHubToken = (id: number) => call<void>("DELETE", `${base}/tokens/${id}`);
