import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { exitCodes } from "../exit-codes.ts";
import { stoaVersion } from "../version.ts";

/** `stoa version` */
export function addVersion(program: Command, context: Context): void {
  program
    .command("version")
    .description("Say which version this is, and on which Node it runs")
    .option("--json", "as JSON")
    .action((options: { json?: boolean }) =>
      act(context, options.json === true, async () => {
        const facts = { stoa: stoaVersion(), node: process.versions.node };
        context.terminal.out(options.json ? JSON.stringify(facts) : `stoa ${facts.stoa} on Node ${facts.node}`);
        return exitCodes.done;
      }),
    );
}
