import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

export interface SystemHealth {
  readonly state: "ok" | "degraded";
  readonly reasons: readonly { readonly part: string; readonly message: string }[];
}

const read = (signal: AbortSignal) => call<SystemHealth>("GET", "/api/stoa/v1/system/health", { signal });

/** One question to the server, which it answers within five seconds or is away. */
export const askServer = () => read(AbortSignal.timeout(5_000));

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => read(signal),
  refetchInterval: 60_000,
  staleTime: 30_000,
});
