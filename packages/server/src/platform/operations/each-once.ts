import type { Logger } from "pino";
import { StoaError } from "../errors/stoa-error.ts";
import type { OperationKind, OperationRun } from "./contract.ts";

/** For a whole order, ms: what is left then is told as not done, and can be asked for again. */
const ORDER_MS = 60 * 60_000;
/** Milliseconds after which an order that was begun is not gone on with: who gave it may have made anew what it names. */
const GOES_ON_MS = 5 * 60_000;
const TOO_LATE =
  "It was interrupted before this was gone, and nothing is deleted so long after it was asked for. Ask again.";

/** How an operation that deletes by `eachOnce` is run. */
export const DELETING = {
  attempts: 3,
  heartbeatSeconds: 60,
  expireSeconds: ORDER_MS / 1000 + 600,
  concurrency: 2,
  perActor: 1,
} as const satisfies Partial<OperationKind>;

export interface DeletionWords {
  /** Where people raise their quota, for who has not even the room to delete. */
  readonly quotaPage: string;
  readonly log: Logger;
}

export interface PartOutcome {
  readonly path: string;
  readonly done: boolean;
  /** Why it is not done. */
  readonly problem: string | null;
}

/**
 * Deletes each of an order's paths in turn. What was done is kept, so that no later run deletes what was made since
 * under the same path; an order that was begun minutes ago deletes nothing more.
 * @param erase why it is still there; null: it is gone. Its signal ends when the order has taken too long, too
 */
export async function eachOnce(
  run: Pick<OperationRun, "operation" | "kept" | "keep" | "progress" | "signal">,
  paths: readonly string[],
  erase: (path: string, signal: AbortSignal) => Promise<string | null>,
): Promise<PartOutcome[]> {
  const done = new Set((run.kept as { done?: number[] } | null)?.done);
  const isLate = run.kept !== null && Date.now() - Date.parse(run.operation.createdAt) > GOES_ON_MS;
  if (run.kept === null) await run.keep({ done: [] });
  const bounded = AbortSignal.any([run.signal, AbortSignal.timeout(ORDER_MS)]);
  const outcomes: PartOutcome[] = [];
  for (const [index, path] of paths.entries()) {
    run.signal.throwIfAborted();
    const isDone = done.has(index);
    const problem = isDone ? null : isLate ? TOO_LATE : await erase(path, bounded);
    if (problem === null && !isDone) await run.keep({ done: [...done.add(index)] });
    outcomes.push({ path, done: problem === null, problem });
    await run.progress(Math.min(99, Math.floor((100 * outcomes.length) / paths.length)));
  }
  return outcomes;
}

/**
 * Why something is still there after `remove`; null: it is gone. What is wrong with one holds up no other.
 * @param bounded as `eachOnce` gave it
 * @param remove `not_found` is as good as gone
 */
export async function deletionProblem(
  { operation, signal }: Pick<OperationRun, "operation" | "signal">,
  bounded: AbortSignal,
  { quotaPage, log }: DeletionWords,
  remove: () => Promise<unknown>,
): Promise<string | null> {
  try {
    bounded.throwIfAborted();
    await remove();
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    if (bounded.aborted) return "It took too long. A part of it may be gone; ask again for the rest.";
    if (error instanceof StoaError && error.code === "not_found") return null;
    if (error instanceof StoaError && error.code === "disk_full") {
      return `Even deleting needs room here, and there is none left. Raise your quota for a while first, at ${quotaPage}.`;
    }
    if (error instanceof StoaError && error.expected) return error.message;
    log.error({ err: error, operation: operation.id }, "something that was to be deleted for good could not be");
    return "Something went wrong on our side, and it is still there. The operator finds why in the log.";
  }
}
