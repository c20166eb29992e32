import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

const base = "/api/stoa/v1/account/sign-ins";

/** A browser's session, or a token of the workspaces API. */
export interface SignIn {
  readonly id: string;
  readonly kind: "browser" | "uws_token";
  /** The one that asks. */
  readonly current: boolean;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string;
  readonly address: string | null;
  /** As the browser says itself. */
  readonly agent: { readonly browser: string | null; readonly system: string | null };
}

export interface SignIns {
  readonly items: readonly SignIn[];
  /** Since the sign-in before this one. */
  readonly failed_attempts: {
    readonly since: string;
    readonly count: number;
    readonly items: readonly {
      readonly at: string;
      readonly address: string;
      readonly step: "password" | "code";
      readonly count: number;
    }[];
  };
}

export const signInsQuery = queryOptions({
  queryKey: ["account", "sign-ins"],
  queryFn: ({ signal }) => call<SignIns>("GET", base, { signal }),
});

export const revokeSignIn = (id: string) => call<void>("DELETE", `${base}/${encodeURIComponent(id)}`);

export const revokeOtherSignIns = () => call<{ ended: number }>("POST", `${base}/revoke-others`, { body: {} });
