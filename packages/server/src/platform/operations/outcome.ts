import { StoaError } from "../errors/stoa-error.ts";
import type { JsonObject } from "./contract.ts";
import { type HistoryLine, line } from "./history.ts";
import type { OperationError, OperationRow } from "./tables.ts";

/** How a run ended, as it is written to the row. */
export type Outcome =
  | { readonly to: "succeeded"; readonly result: JsonObject }
  | { readonly to: "failed" | "cancelled"; readonly error: OperationError | null; readonly extra?: HistoryLine }
  | {
      readonly to: "queued";
      readonly delayMs: number;
      /** False: this attempt does not count (the server was stopping). */
      readonly counts: boolean;
      readonly error: OperationError | null;
      readonly line: HistoryLine;
    }
  /** Not ours any more, or unable to say: nothing is written. */
  | { readonly to: "lost" };

/** Attempts at putting things in order, before it is left to people. */
export const SETTLE_ATTEMPTS = 5;

const FIRST_DELAY_MS = 1_000;
const MOST_DELAY_MS = 5 * 60_000;

/** Doubles with each attempt, up to five minutes; half of it by chance, so that many don't come back at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

/** What people may read of an error: a defect's own text stays in the log. */
export function toOperationError(error: unknown): OperationError {
  if (error instanceof StoaError) return { code: error.code, message: error.message };
  const defect = new StoaError("defect", {
    message: "Something went wrong on our side. The operator finds it in the log by this operation's id.",
  });
  return { code: defect.code, message: defect.message };
}

/** What trying again can't mend. */
export function isFinal(error: unknown, row: OperationRow): boolean {
  return (error instanceof StoaError && error.status < 500) || row.attempt >= row.max_attempts;
}

export function retryLater(row: OperationRow, error: unknown, random?: () => number): Outcome {
  const delayMs = backoffMs(Math.max(1, row.attempt), random);
  const told = toOperationError(error);
  const retrying = line(row.id, "retrying", { reason: told.message, seconds: inSeconds(delayMs) });
  return { to: "queued", delayMs, counts: true, error: told, line: retrying };
}

export function settleLater(row: OperationRow, attempts: number, error: unknown, random?: () => number): Outcome {
  const delayMs = backoffMs(attempts, random);
  const reason = toOperationError(error).message;
  const again = line(row.id, "settling_again", { reason, seconds: inSeconds(delayMs) });
  return { to: "queued", delayMs, counts: true, error: row.error, line: again };
}

export function release(row: OperationRow, node: string): Outcome {
  return { to: "queued", delayMs: 0, counts: false, error: row.error, line: line(row.id, "released", { node }) };
}

export function inSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
