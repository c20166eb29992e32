import { CommanderError } from "commander";
import type { Context } from "./action.ts";
import { exitCodes } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** Runs one command line; returns its exit code. */
export async function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const context: Context = { terminal, outcome: { code: exitCodes.done } };
  try {
    await createProgram(context).parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for ends in 0; help that stands in for a missing command does not.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  return context.outcome.code;
}
