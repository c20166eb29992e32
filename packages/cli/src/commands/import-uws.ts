import { type Command, InvalidArgumentError } from "commander";
import { act, type Context } from "../action.ts";
import { withDatabase } from "../database.ts";
import type { ImportOptions } from "../import-uws/run-import.ts";

/** `stoa import uws` */
export function addImportUws(imports: Command, context: Context): void {
  imports
    .command("uws")
    .description("Take over a User Workspaces Server: people, workspaces with their files, shares, jobs")
    .requiredOption(
      "--database <url or file>",
      "its PostgreSQL (postgres://…) or the path of its db.sqlite3; only read",
    )
    .requiredOption("--root <folder>", "its storage's root_dir; only read")
    .option("--source <name>", "a name for this old service, the same each time", sourceName, "uws")
    .option("--link <old=here>", "this person there is that account here; may be repeated", collect, [])
    .option("--rename <old=new>", "another user name for an account that is made; may be repeated", collect, [])
    .option("--map <file>", 'the same in a file: {"link": {"old": "here"}, "rename": {"old": "new"}, "skip": ["old"]}')
    .option("--keep-tokens", "let its tokens go on working, for STOA_UWS_TOKEN_TTL from now")
    .option("--client <service>", "this service account gets tokens for them, by their names there, as it did there")
    .option("--empty-where-missing", "workspaces whose folder is not there come without files")
    .option("--go", "do it; without, the plan is only told")
    .option("--json", "as JSON")
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

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Part of addresses that are made for who has none. */
function sourceName(value: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(value)) return value;
  throw new InvalidArgumentError("1 to 32 of a-z, 0-9 and -.");
}
