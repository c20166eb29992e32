import { setTimeout as delay } from "node:timers/promises";
import { StoaError } from "../errors/stoa-error.ts";
import type { OperationKind } from "./contract.ts";
import type { OperationDeps } from "./deps.ts";
import { writeFenced } from "./fence.ts";
import { line, writeHistory } from "./history.ts";
import {
  isFinal,
  type Outcome,
  release,
  retryLater,
  SETTLE_ATTEMPTS,
  settleLater,
  toOperationError,
} from "./outcome.ts";
import { createRun, type RunHandle } from "./run.ts";
import { OperationStopped, type StopReason } from "./stopped.ts";
import type { OperationError, OperationRow } from "./tables.ts";

/** A claimed operation under way. */
export interface Execution {
  stop(reason: StopReason): void;
  readonly outcome: Promise<Outcome>;
}

/** After its signal was aborted, a handler has so long to come back by itself. */
const UNWIND_MS = 5_000;

/** Runs the handler of a claimed operation, then what puts the world in order; never rejects. */
export function execute(deps: OperationDeps, row: OperationRow, kind: OperationKind): Execution {
  let stopReason: StopReason | null = null;
  let current: RunHandle | null = null;

  const begin = (on: OperationRow, phase: "work" | "settle") => {
    current = createRun(deps, on, kind, phase);
    if (stopReason) current.stop(stopReason);
    return current;
  };

  const work = async (): Promise<Outcome> => {
    if (row.settling) return settle(row, row.settling);
    if (row.cancel_requested) return end("cancelled", null);
    const handle = begin(row, "work");
    try {
      const result = await bounded(handle, kind.expireSeconds, () => kind.run(handle.run));
      return { to: "succeeded", result };
    } catch (error) {
      return afterFailure(handle, error);
    } finally {
      await handle.close();
    }
  };

  const afterFailure = async (handle: RunHandle, error: unknown): Promise<Outcome> => {
    const reason = handle.stopped?.reason ?? (error instanceof OperationStopped ? error.reason : null);
    if (reason === "lost") return { to: "lost" };
    if (reason === "shutdown") return release(row, deps.nodeId);
    if (reason === "cancelled") return end("cancelled", null);
    const cause = reason === "expired" ? tooLong(kind) : error;
    logFailure(deps, row, cause);
    return isFinal(cause, row) ? end("failed", toOperationError(cause)) : retryLater(row, cause);
  };

  const end = async (how: "failed" | "cancelled", error: OperationError | null): Promise<Outcome> => {
    if (!kind.settle) return { to: how, error };
    const marked = await markSettling(deps, row, how, error);
    return marked ? settle(marked, how) : { to: "lost" };
  };

  const settle = async (on: OperationRow, how: "failed" | "cancelled"): Promise<Outcome> => {
    if (!kind.settle) return { to: how, error: on.error };
    const handle = begin(on, "settle");
    try {
      await bounded(handle, kind.expireSeconds, async () => kind.settle?.(handle.run, how));
      return { to: how, error: on.error };
    } catch (error) {
      return afterSettleFailure(deps, on, how, handle.stopped?.reason ?? null, error);
    } finally {
      await handle.close();
    }
  };

  return {
    stop(reason) {
      stopReason ??= reason === "cancelled" && row.settling ? null : reason;
      current?.stop(reason);
    },
    outcome: work().catch((error) => {
      // The database was away at the wrong moment: the lease runs out, and somebody takes it up again.
      deps.log.warn({ err: error, operation: row.id, kind: row.kind }, "an operation was given up by this worker");
      return { to: "lost" };
    }),
  };
}

function afterSettleFailure(
  deps: OperationDeps,
  row: OperationRow,
  how: "failed" | "cancelled",
  reason: StopReason | null,
  error: unknown,
): Outcome {
  if (reason === "lost" || (error instanceof OperationStopped && error.reason === "lost")) return { to: "lost" };
  if (reason === "shutdown") return release(row, deps.nodeId);
  logFailure(deps, row, error);
  const attempts = Math.max(1, row.settle_attempts);
  if (attempts < SETTLE_ATTEMPTS) return settleLater(row, attempts, error);
  const { message } = toOperationError(error);
  return { to: how, error: row.error, extra: line(row.id, "unsettled", { reason: message }) };
}

/** Written down first: a crash in the middle of putting things in order must not start the work again. */
async function markSettling(
  deps: OperationDeps,
  row: OperationRow,
  settling: "failed" | "cancelled",
  error: OperationError | null,
): Promise<OperationRow | null> {
  try {
    return await deps.db.transaction().execute(async (trx) => {
      await writeHistory(trx, [line(row.id, "settling")]);
      return writeFenced(trx, row, { settling, error: error && JSON.stringify(error) });
    });
  } catch (failure) {
    if (failure instanceof OperationStopped) return null;
    throw failure;
  }
}

/** The handler's result, or a rejection when its time is up or it was stopped and does not come back. */
async function bounded<T>(handle: RunHandle, expireSeconds: number, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const timer = setTimeout(() => handle.stop("expired"), expireSeconds * 1_000);
  const aborted = new Promise<never>((_, reject) => {
    const giveUp = async () => {
      await delay(UNWIND_MS, undefined, { signal: done.signal, ref: false }).catch(() => undefined);
      reject(handle.run.signal.reason);
    };
    if (handle.run.signal.aborted) void giveUp();
    else handle.run.signal.addEventListener("abort", giveUp, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    return await Promise.race([Promise.resolve().then(work), aborted]);
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}

function tooLong(kind: OperationKind): StoaError {
  const message = `It took longer than the ${kind.expireSeconds} s that one attempt may take.`;
  return new StoaError("upstream_timeout", { message });
}

function logFailure(deps: OperationDeps, row: OperationRow, error: unknown): void {
  const expected = error instanceof StoaError && error.expected;
  deps.log[expected ? "info" : "error"](
    { err: error, operation: row.id, kind: row.kind, attempt: row.attempt },
    "an operation's attempt failed",
  );
}
