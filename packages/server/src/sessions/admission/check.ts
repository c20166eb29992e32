import type { StoaError } from "../../platform/errors/stoa-error.ts";

/**
 * One thing that decides whether a session may start, with its figures. The start enforces it and the preflight
 * shows it: the same one.
 */
export interface Check {
  /** What is looked at, as programs compare it: `sessions`, `free_memory`, `core_hours`. */
  readonly id: string;
  readonly ok: boolean;
  /** Exact, as a decimal text; what this start would add is left out. Null: nothing is counted. */
  readonly used: string | null;
  readonly allowed: string | null;
  readonly unit: CheckUnit | null;
  /** The setting's name, or who set it; null: nobody, it lies in the nature of the thing. */
  readonly setBy: string | null;
  /** What a start that it stands in the way of is told, in one of sentences.ts or a contract's words; null: it holds. */
  readonly refusal: StoaError | null;
}

export type CheckUnit = "sessions" | "bytes" | "core_hours" | "minutes";

/** A check that holds. */
export function holds(id: string, figures: Partial<Omit<Check, "id" | "ok" | "refusal">> = {}): Check {
  return { id, ok: true, used: null, allowed: null, unit: null, setBy: null, ...figures, refusal: null };
}

/** One that doesn't. */
export function refuses(id: string, refusal: StoaError, figures: Partial<Omit<Check, "id" | "ok" | "refusal">> = {}) {
  return { ...holds(id, figures), ok: false, refusal } satisfies Check;
}
