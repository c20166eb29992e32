import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { type HistoryFilter, historyQuery, newestEndedQuery, withNewest } from "../../api/session-history.ts";

/** The list of what has ended: pages that stay as they were read, before them what has ended since. */
export function useHistory(filter: HistoryFilter) {
  const client = useQueryClient();
  const query = useInfiniteQuery(historyQuery(filter));
  const { data } = query;
  const newest = useQuery({ ...newestEndedQuery(filter), enabled: data !== undefined });
  const merged = useMemo(() => {
    const rows = data?.pages.flatMap((page) => page.items) ?? [];
    return newest.data === undefined ? rows : withNewest(rows, newest.data);
  }, [data, newest.data]);
  useEffect(() => {
    if (merged === null) void client.resetQueries({ queryKey: historyQuery(filter).queryKey });
  }, [merged, client, filter]);
  return { query, rows: merged ?? [] };
}
