import { MutationCache, QueryClient } from "@tanstack/react-query";
import { asApiError } from "./api-error.ts";

/** Events keep answers fresh, so they stay good for a while; only what may pass by itself is tried again. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    mutationCache: new MutationCache({
      // An administrator, or another window, planned the deletion: the page has to say so from now on.
      onError: (error) => {
        if (asApiError(error).code === "deletion_pending") void client.invalidateQueries({ queryKey: ["session"] });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && asApiError(error).transient,
        retryDelay: (failures) => Math.min(4_000, 500 * 2 ** failures),
      },
      mutations: { retry: false },
    },
  });
  return client;
}
