import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

// Apart from what is done with servers: the rail and Home ask this much of it at once.

export type LaunchCause =
  | "no_hub"
  | "hub_down"
  | "token_refused"
  | "at_capacity"
  | "over_quota"
  | "spawn_failed"
  | "image_missing"
  | "name_taken"
  | "too_slow"
  | "died"
  | "named_servers_off"
  | "cancelled";

export interface HubLaunch {
  readonly operation_id: string;
  readonly state: "queued" | "asked" | "ready" | "failed" | "cancelled";
  /** Why it failed, or what it waits for while it goes on. */
  readonly cause: LaunchCause | null;
  readonly begun_at: string;
  readonly ended_at: string | null;
}

export interface HubServer {
  /** Empty: the default one. */
  readonly server: string;
  readonly state: "starting" | "ready" | "stopping" | "stopped";
  readonly started_at: string | null;
  readonly last_activity: string | null;
  readonly stop_wanted: string | null;
  readonly stopped_because: string | null;
  readonly stopped_at: string | null;
  /** When it will be stopped because nobody uses it; null: not soon. */
  readonly idle_stop_at: string | null;
  readonly launch: HubLaunch | null;
}

export interface OwnHub {
  /** False: there is no hub here. */
  readonly configured: boolean;
  /** Where browsers reach the hub; an origin. */
  readonly public_url: string | null;
  readonly named_servers: boolean;
  /** Minutes without use after which servers are stopped; 0: never. */
  readonly idle_minutes: number;
  /** The hub can't be heard: servers are told as they stood then. Null: it answers. */
  readonly silence: { readonly heard_at: string | null } | null;
  readonly user: { readonly name: string; readonly state: "wanted" | "ours" | "taken" | "missing" } | null;
  readonly servers: readonly HubServer[];
}

/** One's own servers. Events tell of changes; asked now and then for the time when they can't. */
export const hubQuery = queryOptions({
  queryKey: ["hub", "mine"],
  queryFn: ({ signal }) => call<OwnHub>("GET", "/api/stoa/v1/hub", { signal }),
  refetchInterval: 60_000,
});
