import { Command } from "commander";
import type { Context } from "./action.ts";
import { addAdmin } from "./commands/admin.ts";
import { addAudit } from "./commands/audit.ts";
import { addBackup } from "./commands/backup.ts";
import { addConfig } from "./commands/config.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addImport } from "./commands/import.ts";
import { addRestore } from "./commands/restore.ts";
import { addSecret } from "./commands/secret.ts";
import { addService } from "./commands/service.ts";
import { addVersion } from "./commands/version.ts";
import { EXIT_CODE_HELP } from "./exit-codes.ts";

/** The whole command line. Throws `CommanderError` instead of ending the process. */
export function createProgram(context: Context): Command {
  const { terminal } = context;
  const program = new Command("stoa")
    .description("Looks after a Stoa server: checks, copies, restores and repairs it.")
    .addHelpText("after", EXIT_CODE_HELP)
    .showSuggestionAfterError()
    .showHelpAfterError("(stoa --help lists the commands)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  for (const add of [
    addDoctor,
    addBackup,
    addRestore,
    addAudit,
    addAdmin,
    addConfig,
    addSecret,
    addService,
    addImport,
    addVersion,
  ])
    add(program, context);
  return program;
}
