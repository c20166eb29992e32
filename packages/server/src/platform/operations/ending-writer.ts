import { setTimeout as delay } from "node:timers/promises";
import { DatabaseError } from "pg";
import type { OperationDeps } from "./deps.ts";
import { type Ending, writeEndings } from "./finish.ts";
import { toOperationError } from "./outcome.ts";

export interface EndingWriter {
  /** Resolves when it is written, or can't be because the operation is no longer this worker's. */
  write(ending: Ending): Promise<void>;
}

const RETRY_MS = 500;
const MOST = 200;

/**
 * Endings that come while others are being written go together in the next transaction. While the database
 * is away they wait: the rows stay ours as long as heartbeats got through, and after that the fence drops them.
 */
export function createEndingWriter(deps: OperationDeps): EndingWriter {
  let waiting: { readonly ending: Ending; readonly done: () => void }[] = [];
  let writing = false;

  const pump = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST);
      const written = await writeBatch(
        deps,
        batch.map(({ ending }) => ending),
      );
      if (!written) {
        await delay(RETRY_MS);
        continue;
      }
      waiting = waiting.slice(batch.length);
      for (const { done } of batch) done();
    }
    writing = false;
  };

  return {
    write(ending) {
      return new Promise((done) => {
        waiting.push({ ending, done });
        if (writing) return;
        writing = true;
        setImmediate(pump);
      });
    },
  };
}

/** @returns false: try again later */
async function writeBatch(deps: OperationDeps, batch: readonly Ending[]): Promise<boolean> {
  try {
    await writeEndings(deps, batch);
    return true;
  } catch (error) {
    if (isPassing(error)) {
      deps.log.warn({ err: error }, "the endings of operations could not be written; trying again");
      return false;
    }
    // One of them can't be stored: it must not hold up the others.
    for (const ending of batch) await writeAlone(deps, ending);
    return true;
  }
}

/** A result that PostgreSQL can't hold (a NUL in its text) is the handler's defect: the operation fails by it. */
async function writeAlone(deps: OperationDeps, ending: Ending): Promise<void> {
  const failed = { row: ending.row, outcome: { to: "failed", error: toOperationError(null) } } as const;
  for (const attempt of [ending, failed]) {
    try {
      await writeEndings(deps, [attempt]);
      return;
    } catch (error) {
      deps.log.error({ err: error, operation: ending.row.id }, "the ending of an operation can't be stored");
    }
  }
}

/** Everything but what PostgreSQL says of the data itself: classes 22 (data), 23 (constraints), 42 (statement). */
function isPassing(error: unknown): boolean {
  return !(error instanceof DatabaseError && /^(22|23|42|54)/.test(error.code ?? ""));
}
