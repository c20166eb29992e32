import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { withDatabase } from "../database.ts";
import type { ImportOptions } from "../import-portal/run-import.ts";
import { addPeopleOptions, addRunOptions, addSourceOption, collect } from "./import-options.ts";

/** `stoa import portal` */
export function addImportPortal(imports: Command, context: Context): void {
  const command = imports
    .command("portal")
    .description("Take over the people and the log of executions of an old portal in front of JupyterHub")
    .requiredOption("--database <url>", "its PostgreSQL (postgres://…); only read");
  addSourceOption(command, "portal", "portal")
    .option("--users-table <name>", "the table or view of its people, where it isn't found")
    .option("--log-table <name>", "the table or view of its executions, where it isn't found")
    .option("--no-log", "bring the people alone")
    .option("--column <field=column>", "read this column as that field (- for none); may be repeated", collect, [])
    .option("--time-zone <name>", "of times that are kept without one", "UTC");
  addPeopleOptions(command)
    .option("--all", "executions too that are older than STOA_ACTIVITY_MONTHS")
    .option("--link-hub-users", "you say that the hub's users of their old names are theirs");
  addRunOptions(command)
    .addHelpText("after", HELP)
    .action((options: ImportOptions) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "beside", async (opened) => {
          const { runImport } = await import("../import-portal/run-import.ts");
          return runImport(context, opened, options);
        }),
      ),
    );
}

const HELP = `
How its tables are read is told first. Nothing that is here is changed or replaced, and nobody becomes an account that is
here but by --link. It can be repeated, and stopped at any moment: what came is whole, the next run brings the rest.
Exit code 1: some people stay behind.

Example:
  npx stoa import portal --database postgres://reader@old-host/portal
  npx stoa import portal --database postgres://reader@old-host/portal --column full_name=real_name --link ada=ada --go`;
