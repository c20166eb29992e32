import { ConfigError } from "@stoa/server/config/problems.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { StoaError } from "@stoa/server/platform/errors/stoa-error.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** Where the commands report their exit code; the last one counts. */
export interface Outcome {
  code: ExitCode;
}

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal;
  readonly outcome: Outcome;
}

/**
 * Runs a command's work. What an operator can mend is said without a stack: as sentences, or with `--json`
 * as `{"error": {"message", "remedy"}}` on stdout. Anything else is a defect and is thrown on.
 */
export async function act(context: Context, json: boolean, work: () => Promise<ExitCode>): Promise<void> {
  try {
    context.outcome.code = await work();
  } catch (error) {
    const told = tell(error);
    if (told === null) throw error;
    if (json) context.terminal.out(JSON.stringify({ error: told.error }));
    else context.terminal.err([told.error.message, told.error.remedy].filter(Boolean).join("\n"));
    context.outcome.code = told.code;
  }
}

interface Told {
  readonly code: ExitCode;
  readonly error: { readonly message: string; readonly remedy?: string; readonly problems?: ConfigError["list"] };
}

function tell(error: unknown): Told | null {
  if (error instanceof ConfigError) {
    const { message, remedy, list } = error;
    return { code: exitCodes.usage, error: { message, remedy, problems: list } };
  }
  if (error instanceof StartError) {
    return { code: exitCodes.failed, error: { message: error.message, remedy: error.remedy } };
  }
  if (error instanceof StoaError && error.expected)
    return { code: exitCodes.failed, error: { message: error.message } };
  return null;
}
