import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { requireCurrentSchema, withDatabase } from "../database.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { showBytes } from "../sizes.ts";

interface CompanionOptions {
  readonly go?: boolean;
  readonly json?: boolean;
}

/** `stoa import companion` */
export function addImportCompanion(imports: Command, context: Context): void {
  imports
    .command("companion")
    .description("Take over the directories or datasets of a JupyterHub Companion, with their quotas")
    .option("--go", "do it; without, what would be taken over is only listed")
    .option("--json", "as JSON")
    .addHelpText("after", HELP)
    .action((options: CompanionOptions) =>
      act(context, options.json === true, () => importCompanion(context, options)),
    );
}

const HELP = `
It looks where STORAGE_BACKEND and STORAGE_BASE_PATH lead, the names that the companion had; a server that starts with
them takes over the same. On the disk only the folders groups and .stoa-trash are made, and nobody's account is linked:
that is for an administrator. What was taken over is put in order by the server, in the background.

Example:
  STORAGE_BASE_PATH=/srv/home npx stoa import companion
  STORAGE_BACKEND=zfs STORAGE_BASE_PATH=tank/home npx stoa import companion --go`;

function importCompanion(context: Context, options: CompanionOptions): Promise<ExitCode> {
  const { terminal } = context;
  return withDatabase(terminal, "beside", async (opened) => {
    await requireCurrentSchema(opened);
    const { createStoa } = await import("@stoa/server/app.ts");
    const broker = await (await import("../people-broker.ts")).peopleBroker(opened);
    const { storage } = await createStoa({ ...opened, broker });
    try {
      const found = await storage.adoptable();
      const adopted = options.go ? await storage.adoptAll() : null;
      if (options.json) {
        terminal.out(JSON.stringify({ found, adopted }));
        return exitCodes.done;
      }
      for (const { kind, name, quota, used } of found) {
        const figures = [
          quota === null || quota === 0 ? "no quota" : `quota ${showBytes(quota)}`,
          ...(used === null ? [] : [`${showBytes(used)} used`]),
        ];
        terminal.out(`${kind === "group" ? "groups/" : ""}${name}: ${figures.join(", ")}`);
      }
      terminal.out(adopted === null ? `${found.length} to take over. With --go it is done.` : `${adopted} taken over.`);
      return exitCodes.done;
    } finally {
      await storage.driver.close();
    }
  });
}
