import { progressEvent } from "./announce.ts";
import type { OperationKind, OperationRun, OperationTrx } from "./contract.ts";
import type { OperationDeps } from "./deps.ts";
import { holdFence, writeFenced } from "./fence.ts";
import { note, writeHistory } from "./history.ts";
import { createThrottle } from "./progress.ts";
import { toOperation } from "./rows.ts";
import { OperationStopped, type StopReason } from "./stopped.ts";
import type { OperationRow } from "./tables.ts";

/** A run from the inside: what the handler gets, and how the platform ends it. */
export interface RunHandle {
  readonly run: OperationRun;
  /** Aborts the signal; the first reason stays. */
  stop(reason: StopReason): void;
  readonly stopped: OperationStopped | null;
  /** Waits for what progress is still being written. */
  close(): Promise<void>;
}

/** @param phase settling goes on although the operation was cancelled. */
export function createRun(
  deps: OperationDeps,
  row: OperationRow,
  kind: OperationKind,
  phase: "work" | "settle",
): RunHandle {
  const controller = new AbortController();
  let stopped: OperationStopped | null = null;

  const stop = (reason: StopReason) => {
    if (stopped || (phase === "settle" && reason === "cancelled")) return;
    stopped = new OperationStopped(reason);
    controller.abort(stopped);
  };

  const check = () => {
    if (stopped) throw stopped;
  };

  /** Losing the row ends the run, whoever finds it out. */
  const ending = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof OperationStopped) stop(error.reason);
      throw error;
    }
  };

  const inTransaction = <T>(work: (trx: OperationTrx) => Promise<T>) =>
    deps.db.transaction().execute(async (trx) => {
      const { cancelRequested } = await holdFence(trx, row, kind.heartbeatSeconds * 1_000);
      if (cancelRequested && kind.cancellable && phase === "work") throw new OperationStopped("cancelled");
      return work(trx);
    });

  const progress = createThrottle(async (percent: number | null, message: string | null) => {
    await deps.db.transaction().execute(async (trx) => {
      const changed = await writeFenced(trx, row, { progress: percent, message });
      await deps.events.publishAll(trx, [progressEvent(changed)]);
    });
  });

  const step: OperationRun["step"] = async (text, work) => {
    check();
    return ending(() =>
      inTransaction(async (trx) => {
        const result = await work(trx);
        if (text !== null) await writeHistory(trx, [note(row.id, text)]);
        return result;
      }),
    );
  };

  const run: OperationRun = {
    operation: toOperation(row),
    attempt: row.attempt,
    signal: controller.signal,
    step,
    kept: row.kept,
    async keep(kept) {
      const changes = { kept: JSON.stringify(kept) };
      await step(null, (trx) => trx.updateTable("operations").set(changes).where("id", "=", row.id).execute());
    },
    async progress(percent, message) {
      check();
      const whole = percent === null ? null : Math.round(Math.min(100, Math.max(0, percent)));
      await ending(() => progress.set(whole, message ?? null));
    },
  };

  return {
    run,
    stop,
    get stopped() {
      return stopped;
    },
    close: progress.close,
  };
}
