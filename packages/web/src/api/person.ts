import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Preflight } from "./session-time.ts";
import type { ListedPerson } from "./types.ts";

const at = (id: number) => `/api/stoa/v1/people/${id}`;

/** How somebody gets in, and what is kept for them. */
export interface PersonAccess {
  readonly person: ListedPerson;
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly tokens: readonly {
    readonly key_id: string;
    readonly label: string;
    readonly scopes: readonly string[];
    readonly expiry_at: string;
    readonly last_used_at: string | null;
  }[];
  readonly sign_ins: readonly {
    readonly id: string;
    readonly kind: "browser" | "uws_token";
    readonly created_at: string;
    readonly last_used_at: string | null;
    readonly address: string | null;
    readonly agent: { readonly browser: string | null; readonly system: string | null };
  }[];
  readonly failed_attempts: {
    readonly count: number;
    readonly items: readonly {
      readonly at: string;
      readonly address: string;
      readonly step: "password" | "code";
      readonly count: number;
    }[];
  };
  readonly system_account: { readonly name: string; readonly uid: number } | null;
  readonly mails_kept: readonly { readonly id: number; readonly subject: string; readonly created_at: string }[];
}

export const personAccessQuery = (id: number) =>
  queryOptions({
    queryKey: ["people", "one", id, "access"],
    queryFn: ({ signal }) => call<PersonAccess>("GET", `${at(id)}/access`, { signal }),
  });

export interface PersonWorkspace {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly bytes: number;
  readonly created_at: string;
  readonly last_job_launch_at: string | null;
  readonly shared_with: number;
  /** The account that shared it. */
  readonly received_from: number | null;
}

/** The largest of them; names and figures only. */
export const personWorkspacesQuery = (id: number) =>
  queryOptions({
    queryKey: ["people", "one", id, "workspaces"],
    queryFn: async ({ signal }) =>
      (await call<{ items: readonly PersonWorkspace[] }>("GET", `${at(id)}/workspaces`, { signal })).items,
  });

/** The checks of their own start. */
export const preflightOfQuery = (id: number, workspaceId: number, jobType: string) =>
  queryOptions({
    queryKey: ["people", "one", id, "preflight", workspaceId, jobType],
    queryFn: ({ signal }) =>
      call<Preflight>("POST", `${at(id)}/preflight`, {
        body: { workspace_id: workspaceId, job_type: jobType },
        signal,
      }),
    retry: false,
  });
