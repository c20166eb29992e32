import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Told } from "./types.ts";

export interface SeenType {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  readonly may_start: "everyone" | "admins" | "nobody";
  /** Why nobody can start it here; null: it can be started. */
  readonly why: Told | null;
  readonly path: string | null;
  readonly version: string | null;
}

export interface SeenHost {
  readonly node: string;
  /** The one that answered. */
  readonly here: boolean;
  readonly answers: boolean;
  readonly seen_at: string | null;
  /** Nothing is started on it any more. */
  readonly drained: boolean;
  readonly live: number;
  readonly promised_cores: number;
  readonly promised_memory: number;
  readonly now: {
    readonly cores: number;
    readonly load: number;
    readonly memory_total: number;
    readonly memory_free: number;
  } | null;
  readonly problem: string | null;
  readonly isolation: string | null;
}

export interface Resources {
  readonly looked_at: string;
  readonly job_types: readonly SeenType[];
  readonly hosts: readonly SeenHost[];
  readonly failures: readonly {
    readonly id: number;
    readonly job_type: string;
    readonly node: string;
    readonly ended_at: string | null;
    readonly told: Told | null;
  }[];
}

export const readResources = (again: boolean, signal?: AbortSignal) =>
  call<Resources>("GET", "/api/stoa/v1/system/resources", { query: again ? { again } : {}, signal });

/** Machines change by themselves: asked again while somebody looks. */
export const resourcesQuery = queryOptions({
  queryKey: ["settings", "resources"],
  queryFn: ({ signal }) => readResources(false, signal),
  refetchInterval: 10_000,
});
