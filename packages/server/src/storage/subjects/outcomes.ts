import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OutcomeCode } from "../drivers/contract.ts";

/** What came of making a subject as it should be. */
export interface Settled {
  readonly code: OutcomeCode | "away";
  /** For operators; empty when done. */
  readonly problem: string;
}

/** Why something is not done, for whoever says it in another language. */
export const PROBLEM_CODES = [
  "exists",
  "missing",
  "not_a_directory",
  "below_used",
  "busy",
  "full",
  "read_only",
  "other_file_system",
  "failed",
  "away",
] as const satisfies readonly Exclude<Settled["code"], "done">[];
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** @param code as it was noted, or as an error tells it; null where it is none of these */
export function problemCodeOf(code: unknown): ProblemCode | null {
  return PROBLEM_CODES.find((one) => one === code) ?? null;
}

/** Done is done; anything else is told to who asked. @throws StoaError conflict, disk_full, unavailable */
export function requireDone({ code, problem }: Settled, what: string): void {
  switch (code) {
    case "done":
    case "missing":
      return;
    case "exists":
    case "not_a_directory":
    case "below_used":
    case "other_file_system":
      throw new StoaError("conflict", { details: { problem: `${what}: ${problem}`, reason: code } });
    case "full":
      throw new StoaError("disk_full", { details: { what } });
    default:
      // What should be is written: it is made so as soon as it can be, whoever asked.
      throw new StoaError("unavailable", {
        message: `${what} is noted and not done yet: ${problem}. It is tried again; ask again shortly.`,
        details: { what, reason: code },
      });
  }
}
