import { StartError } from "../../errors/start-error.ts";

/** Something in the backup itself is not as it was written. */
export function damaged(what: string, cause?: unknown): StartError {
  return new StartError(
    `The backup is damaged or incomplete: ${what}.`,
    "Nothing was changed. Use another copy of it, or an older backup.",
    { cause },
  );
}
