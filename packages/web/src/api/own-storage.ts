import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { StorageSubject } from "./storage.ts";

// Apart from what administrators ask: the rail and Home want this much of it at once.
const base = "/api/stoa/v1/storage/mine";

export interface OwnStorage {
  /** Null: none of one's own. */
  readonly own: StorageSubject | null;
  readonly groups: readonly StorageSubject[];
  readonly level: "ok" | "near" | "full" | "over";
  readonly raise: {
    readonly possible: boolean;
    /** Null: it is offered. */
    readonly why_not: "off" | "no_quota" | "taken" | "not_over" | "away" | "unenforced" | "disk_full" | null;
    readonly bytes: number;
    readonly seconds: number;
    /** On ZFS: where it is full, deleting can fail for want of room. */
    readonly comes_first: boolean;
  };
}

export const ownStorageQuery = queryOptions({
  queryKey: ["storage", "mine"],
  queryFn: ({ signal }) => call<OwnStorage>("GET", base, { signal }),
  // Figures are counted without an event.
  refetchInterval: 60_000,
});

export const recountOwnStorage = () => call<void>("POST", `${base}/recount`, { body: {} });
export const raiseOwnQuota = () => call<OwnStorage>("POST", `${base}/raise`, { body: {} });
