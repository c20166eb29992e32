import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { withDatabase } from "../database.ts";
import type { ImportOptions } from "../import-uws/run-import.ts";
import { addPeopleOptions, addRunOptions, addSourceOption } from "./import-options.ts";

/** `stoa import uws` */
export function addImportUws(imports: Command, context: Context): void {
  const command = imports
    .command("uws")
    .description("Take over a User Workspaces Server: people, workspaces with their files, shares, jobs")
    .requiredOption(
      "--database <url or file>",
      "its PostgreSQL (postgres://…) or the path of its db.sqlite3; only read",
    )
    .requiredOption("--root <folder>", "its storage's root_dir; only read");
  addSourceOption(command, "service", "uws");
  addPeopleOptions(command)
    .option("--keep-tokens", "let its tokens go on working, for STOA_UWS_TOKEN_TTL from now")
    .option("--client <service>", "this service account gets tokens for them, by their names there, as it did there")
    .option("--empty-where-missing", "workspaces whose folder is not there come without files");
  addRunOptions(command)
    .addHelpText("after", HELP)
    .action((options: ImportOptions) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "beside", async (opened) => {
          const { runImport } = await import("../import-uws/run-import.ts");
          return runImport(context, opened, options);
        }),
      ),
    );
}

const HELP = `
Nothing that is here is changed or replaced, and nobody becomes an account that is here but by --link. It can be
repeated, and stopped at any moment: what came is whole, the next run brings the rest. Exit code 1: some stay behind.

Example:
  npx stoa import uws --database /srv/uws/db.sqlite3 --root /srv/uws/workspaces
  npx stoa import uws --database /srv/uws/db.sqlite3 --root /srv/uws/workspaces --link ada=ada --keep-tokens --go`;
