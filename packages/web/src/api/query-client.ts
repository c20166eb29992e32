import { QueryClient } from "@tanstack/react-query";
import { asApiError } from "./api-error.ts";

/** Events keep answers fresh, so they stay good for a while; only what may pass by itself is tried again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && asApiError(error).transient,
        retryDelay: (failures) => Math.min(4_000, 500 * 2 ** failures),
      },
      mutations: { retry: false },
    },
  });
}
