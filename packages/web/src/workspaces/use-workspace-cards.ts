import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { isLive, sessionsQuery } from "../api/sessions.ts";
import { type Share, sentSharesQuery } from "../api/shares.ts";
import type { Session, Workspace } from "../api/types.ts";
import { workspacesQuery } from "../api/workspaces.ts";

/** A workspace with what is told of it in a list. */
export interface WorkspaceCard {
  readonly workspace: Workspace;
  readonly running: readonly Session[];
  /** Who has a copy of it, or may still take one. */
  readonly given: readonly Share[];
}

const counts: ReadonlySet<Share["state"]> = new Set(["copying", "pending", "accepted"]);

/** One's workspaces, with what runs in them and who else has them. */
export function useWorkspaceCards() {
  const query = useQuery(workspacesQuery);
  const { data: live } = useInfiniteQuery(sessionsQuery({ live: true }));
  const { data: sent } = useQuery(sentSharesQuery);
  const cards = useMemo(() => {
    const all = query.data ?? [];
    const running = Map.groupBy(
      live?.pages.flatMap((page) => page.items).filter(isLive) ?? [],
      (one) => one.workspace.id,
    );
    const given = Map.groupBy(
      sent?.items.filter(({ state }) => counts.has(state)) ?? [],
      (one) => one.original_workspace_id,
    );
    return new Map(
      all.map((workspace): [number, WorkspaceCard] => [
        workspace.id,
        {
          workspace,
          running: running.get(workspace.id) ?? [],
          given: given.get(workspace.id) ?? [],
        },
      ]),
    );
  }, [query.data, live, sent]);
  return { query, cards };
}
