import { setTimeout as delay } from "node:timers/promises";
import { DatabaseError } from "pg";
import type { OperationDeps } from "./deps.ts";
import { type Ending, writeEndings } from "./finish.ts";
import { toOperationError } from "./outcome.ts";

export interface EndingWriter {
  /** Resolves when it is written, or can't be because the operation is no longer this worker's. */
  write(ending: Ending): Promise<void>;
  /**
   * The process is about to end: what can't be written at once is given up from now on. Its lease runs out, and
   * whoever sweeps then puts it back.
   */
  hurry(): void;
}

interface Waiting {
  readonly ending: Ending;
  readonly done: () => void;
}

const RETRY_MS = 500;
const MOST = 200;

/**
 * Endings that come while others are being written go together in the next transaction. While the database
 * is away they wait: the rows stay ours as long as heartbeats got through, and after that the fence drops them.
 */
export function createEndingWriter(deps: OperationDeps): EndingWriter {
  const waiting: Waiting[] = [];
  const hurried = new AbortController();
  let writing = false;

  const pump = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST).map(({ ending }) => ending);
      const written = await writeBatch(deps, batch);
      for (const { done } of waiting.splice(0, written)) done();
      if (written === batch.length) continue;
      if (hurried.signal.aborted) giveUp();
      else await delay(RETRY_MS, undefined, { signal: hurried.signal }).catch(() => undefined);
    }
    writing = false;
  };

  const giveUp = () => {
    const lost = waiting.splice(0);
    deps.log.warn(
      { operations: lost.map(({ ending }) => ending.row.id) },
      "the database is away while the server stops: these operations' endings were not written and will be run again",
    );
    for (const { done } of lost) done();
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
    hurry: () => hurried.abort(),
  };
}

/** @returns how many of them, from the first, are done with; fewer than all: try the others again later */
async function writeBatch(deps: OperationDeps, batch: readonly Ending[]): Promise<number> {
  try {
    await writeEndings(deps, batch);
    return batch.length;
  } catch (error) {
    if (isPassing(error)) {
      deps.log.warn({ err: error }, "the endings of operations could not be written; trying again");
      return 0;
    }
  }
  // One of them can't be stored: it must not hold up the others.
  for (const [index, ending] of batch.entries()) {
    if (!(await writeAlone(deps, ending))) return index;
  }
  return batch.length;
}

/**
 * A result that PostgreSQL can't hold (a NUL in its text) is the handler's defect: the operation fails by it.
 * @returns false: try again later
 */
async function writeAlone(deps: OperationDeps, ending: Ending): Promise<boolean> {
  const failed = { row: ending.row, outcome: { to: "failed", error: toOperationError(null) } } as const;
  for (const attempt of [ending, failed]) {
    try {
      await writeEndings(deps, [attempt]);
      return true;
    } catch (error) {
      deps.log.error({ err: error, operation: ending.row.id }, "the ending of an operation can't be stored");
      if (isPassing(error)) return false;
    }
  }
  return true;
}

/**
 * Everything but what is wrong with the data itself: what PostgreSQL says of it (classes 22 data, 23 constraints,
 * 42 statement, 54 limits), and what can't be made JSON.
 */
function isPassing(error: unknown): boolean {
  if (error instanceof TypeError) return false;
  return !(error instanceof DatabaseError && /^(22|23|42|54)/.test(error.code ?? ""));
}
