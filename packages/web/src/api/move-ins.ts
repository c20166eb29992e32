import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "./api-error.ts";
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

/** A move that has ended. One that nobody can read any more is told as that, and waited for no longer. */
export type EndedMove = Pick<Operation, "id" | "state"> & { readonly error: { readonly message: string } | null };

/** @param asked the answer, or why there is none. Null: it goes on, or it may be known the next time */
export function endOf(id: string, asked: Operation | Error): EndedMove | null {
  if (!(asked instanceof Error)) {
    const isOver = asked.state !== "queued" && asked.state !== "running";
    return isOver ? { id, state: asked.state, error: asked.error } : null;
  }
  const isGone = asked instanceof ApiError && (asked.status === 404 || asked.status === 403 || asked.status === 410);
  return isGone ? { id, state: "failed", error: { message: asked.message } } : null;
}

/** Those of these operations that have ended; of "operations", whose events have it read anew. */
export const endedMovesQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ["operations", "move-ins", ids],
    queryFn: async ({ signal, client, queryKey }): Promise<readonly EndedMove[]> => {
      const before = client.getQueryData<readonly EndedMove[]>(queryKey) ?? [];
      const known = new Set(before.map(({ id }) => id));
      const next = ids.filter((id) => !known.has(id)).slice(0, ASKED);
      const asked = await Promise.all(
        next.map((id) =>
          client
            .fetchQuery({ ...operationQuery(id), staleTime: 0, retry: false })
            .catch((error: Error) => error)
            .then((answer) => endOf(id, answer)),
        ),
      );
      signal.throwIfAborted();
      return [...before, ...asked.filter((one) => one !== null)];
    },
    refetchInterval: ({ state: { data } }) => (data !== undefined && data.length >= ids.length ? false : 3_000),
  });
