import type { ErrorCode } from "../../platform/errors/catalogue.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { LaunchCause, LaunchProblem } from "./causes.ts";
import { launchWords } from "./launch-words.ts";

const CODES: Partial<Record<LaunchCause, ErrorCode>> = {
  no_hub: "unavailable",
  hub_down: "unavailable",
  at_capacity: "unavailable",
  too_slow: "upstream_timeout",
  spawn_failed: "launch_failed",
  image_missing: "launch_failed",
  token_refused: "launch_failed",
  died: "launch_failed",
};

/** Why somebody isn't in their server, as a call of ours is refused; what the hub said is for the log. */
export class LaunchRefused extends StoaError {
  /** Nothing of ours is out of order. */
  override readonly expected: boolean = true;
  readonly kind: LaunchCause;

  constructor(problem: LaunchProblem) {
    const { kind } = problem;
    super(CODES[kind] ?? "conflict", { message: launchWords(kind, "en"), details: { cause: kind }, cause: problem });
    this.kind = kind;
  }

  inLocale(locale: "en" | "fa"): StoaError {
    return new StoaError(this.code, { message: launchWords(this.kind, locale), details: this.details });
  }
}
