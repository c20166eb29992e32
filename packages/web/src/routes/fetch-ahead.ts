import type { QueryClient } from "@tanstack/react-query";
import { ownCoreHoursQuery } from "../api/core-hours.ts";
import { allOperationsQuery, newestOperations } from "../api/operations.ts";
import { historyQuery, newestEndedQuery } from "../api/session-history.ts";
import { sessionsQuery } from "../api/sessions.ts";
import { sentSharesQuery } from "../api/shares.ts";
import { workspacesQuery } from "../api/workspaces.ts";

/**
 * What a page shows, asked for while the pointer rests on the way to it; nobody waits for it, and what fails is asked
 * for again by the page, which tells of it.
 */
export const asks = {
  workspaces(client: QueryClient): void {
    void client.prefetchQuery(workspacesQuery);
    void client.prefetchQuery(sentSharesQuery);
    void client.prefetchInfiniteQuery(sessionsQuery({ live: true }));
  },
  sessions(client: QueryClient): void {
    void client.prefetchInfiniteQuery(sessionsQuery({ live: true }));
    void client.prefetchQuery(newestEndedQuery({}));
    void client.prefetchInfiniteQuery(historyQuery({}));
    void client.prefetchQuery(ownCoreHoursQuery);
  },
  activity(client: QueryClient): void {
    void client.prefetchInfiniteQuery(allOperationsQuery({ mine: true }));
    void client.prefetchQuery(newestOperations({ mine: true }));
  },
};
