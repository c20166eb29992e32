import type { OperationRun } from "./contract.ts";

/** Milliseconds after which an order that was begun is not gone on with: who gave it may have made anew what it names. */
const GOES_ON_MS = 5 * 60_000;
const TOO_LATE =
  "It was interrupted before this was gone, and nothing is deleted so long after it was asked for. Ask again.";

export interface PartOutcome {
  readonly path: string;
  readonly done: boolean;
  /** Why it is not done. */
  readonly problem: string | null;
}

/**
 * Deletes each of an order's paths in turn. What was done is kept, so that no later run deletes what was made since
 * under the same path; an order that was begun minutes ago deletes nothing more.
 * @param erase why it is still there; null: it is gone
 */
export async function eachOnce(
  run: Pick<OperationRun, "operation" | "kept" | "keep" | "progress" | "signal">,
  paths: readonly string[],
  erase: (path: string) => Promise<string | null>,
): Promise<PartOutcome[]> {
  const done = new Set((run.kept as { done?: number[] } | null)?.done);
  const isLate = run.kept !== null && Date.now() - Date.parse(run.operation.createdAt) > GOES_ON_MS;
  if (run.kept === null) await run.keep({ done: [] });
  const outcomes: PartOutcome[] = [];
  for (const [index, path] of paths.entries()) {
    run.signal.throwIfAborted();
    const isDone = done.has(index);
    const problem = isDone ? null : isLate ? TOO_LATE : await erase(path);
    if (problem === null && !isDone) await run.keep({ done: [...done.add(index)] });
    outcomes.push({ path, done: problem === null, problem });
    await run.progress(Math.min(99, Math.floor((100 * outcomes.length) / paths.length)));
  }
  return outcomes;
}
