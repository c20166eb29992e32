import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

export interface SystemHealth {
  readonly state: "ok" | "degraded";
  readonly reasons: readonly { readonly part: string; readonly message: string }[];
}

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => call<SystemHealth>("GET", "/api/stoa/v1/system/health", { signal }),
  refetchInterval: 60_000,
  staleTime: 30_000,
});
