import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { ResourceOptions } from "./sessions.ts";
import type { Saying, Session } from "./types.ts";

const base = "/api/stoa/v1/sessions";

export type CheckUnit = "sessions" | "bytes" | "core_hours" | "minutes";

/** One thing that decides whether a session may start. */
export interface Check {
  readonly id: string;
  readonly ok: boolean;
  /** Decimal texts; null: nothing is counted. */
  readonly used: string | null;
  readonly allowed: string | null;
  readonly unit: CheckUnit | null;
  /** A setting's name, or who set it. */
  readonly set_by: string | null;
  /** Why it stands in the way; null: it doesn't. */
  readonly told: Saying | null;
}

export interface Preflight {
  readonly may_start: boolean;
  readonly checks: readonly Check[];
}

/** May this start here, now? Starts nothing. */
export const preflightQuery = (workspaceId: number, jobType: string, options: ResourceOptions) =>
  queryOptions({
    queryKey: ["sessions", "preflight", workspaceId, jobType, options],
    queryFn: ({ signal }) =>
      call<Preflight>("POST", `${base}/preflight`, {
        body: { workspace_id: workspaceId, job_type: jobType, resource_options: options },
        signal,
      }),
    staleTime: 5_000,
    retry: false,
  });

/** Adds what `extend` of the session says; once, however often it is asked for from the limit that was seen. */
export const extendSession = ({ id, resource }: Pick<Session, "id" | "resource">) =>
  call<Session>("POST", `${base}/${id}/extend`, { body: { seen_limit_seconds: resource.time_limit_seconds } });

/** Says that somebody wants it still, though nobody uses it. */
export const keepSession = (id: number) => call<Session>("POST", `${base}/${id}/keep`, { body: {} });
