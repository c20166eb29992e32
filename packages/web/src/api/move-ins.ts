import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import { operationQuery } from "./operations.ts";
import type { MoveIn } from "./storage.ts";
import type { Operation } from "./types.ts";

const base = "/api/stoa/v1/storage/move-ins";

/** What a move of one of many would take, or what stands in its way; sizes are bytes. */
export interface MoveInLook extends Pick<MoveIn, "workspaces" | "in_trash" | "sessions" | "bytes"> {
  readonly id: number;
  /** Null: they can be moved. */
  readonly why_not: MoveIn["why_not"] | "unknown";
}

export interface MoveInBegun {
  readonly id: number;
  /** Null: it was not begun. */
  readonly operation_id: string | null;
  readonly problem: string | null;
}

/** @param ids of subjects, at most 500 */
export const lookAtMoves = (ids: readonly number[]) =>
  call<{ readonly items: readonly MoveInLook[] }>("POST", `${base}/look`, { body: { ids } });

/** @param ids of subjects, at most 500; one is moved after another */
export const moveManyIn = (ids: readonly number[]) =>
  call<{ readonly items: readonly MoveInBegun[] }>("POST", base, { body: { ids } });

/** So many are asked for at a time: they are worked on one after another, in this order. */
const ASKED = 20;
const hasEnded = ({ state }: Pick<Operation, "state">) => state !== "queued" && state !== "running";

/** Those of these operations that have ended; of "operations", whose events have it read anew. */
export const endedMovesQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ["operations", "move-ins", ids],
    queryFn: async ({ signal, client, queryKey }): Promise<readonly Operation[]> => {
      const before = client.getQueryData<readonly Operation[]>(queryKey) ?? [];
      const known = new Set(before.map(({ id }) => id));
      const next = ids.filter((id) => !known.has(id)).slice(0, ASKED);
      const asked = await Promise.all(
        next.map((id) => client.fetchQuery({ ...operationQuery(id), staleTime: 0, retry: false }).catch(() => null)),
      );
      signal.throwIfAborted();
      return [...before, ...asked.filter((one) => one !== null && hasEnded(one)).filter((one) => one !== null)];
    },
    refetchInterval: ({ state: { data } }) => (data !== undefined && data.length >= ids.length ? false : 3_000),
  });
