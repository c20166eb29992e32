import { migrationState } from "@stoa/server/platform/database/migrate.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { Adoptable } from "@stoa/server/storage/subjects/adoptable.ts";
import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { type Opened, requireCurrentSchema, withDatabase } from "../database.ts";
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
It looks where STORAGE_BACKEND and STORAGE_BASE_PATH lead, the names that the companion had. Without --go it can be asked
before the server's first start, which takes over the same at once. On the disk only the folders groups and .stoa-trash
are made, and nobody's account is linked: that is for an administrator. Names that the companion's API forbids are left
alone. What was taken over is put in order by the server, in the background.

Example:
  STORAGE_BASE_PATH=/srv/storage npx stoa import companion
  STORAGE_BACKEND=zfs STORAGE_BASE_PATH=tank/home npx stoa import companion --go`;

function importCompanion({ terminal }: Context, options: CompanionOptions): Promise<ExitCode> {
  return withDatabase(terminal, "beside", async (opened) => {
    const { found, leftAlone, adopted } = (await isNew(opened))
      ? await lookBeforeStart(opened, options)
      : await takeOver(opened, options);
    if (options.json) {
      terminal.out(JSON.stringify({ found, left_alone: leftAlone, adopted }));
      return exitCodes.done;
    }
    for (const { kind, name, quota, used } of found) {
      const figures = [
        quota === null || quota === 0 ? "no quota" : `quota ${showBytes(quota)}`,
        ...(used === null ? [] : [`${showBytes(used)} used`]),
      ];
      terminal.out(`${pathOf(kind, name)}: ${figures.join(", ")}`);
    }
    for (const { kind, name, because } of leftAlone) {
      terminal.out(`left alone: ${JSON.stringify(pathOf(kind, name))}, because ${because}`);
    }
    terminal.out(adopted === null ? `${found.length} to take over. With --go it is done.` : `${adopted} taken over.`);
    return exitCodes.done;
  });
}

const pathOf = (kind: string, name: string) => `${kind === "group" ? "groups/" : ""}${name}`;

/** The server never ran on this database. */
async function isNew({ database }: Opened): Promise<boolean> {
  return (await migrationState(database.db)).executed.length === 0;
}

type Result = Adoptable & { readonly adopted: number | null };

/** Nothing is known yet, so all that is there is new. @throws StartError where it is to be taken over already */
async function lookBeforeStart({ config, log }: Opened, { go }: CompanionOptions): Promise<Result> {
  if (go) {
    throw new StartError(
      "The database is empty: the server has not been started on it yet.",
      "Start it with the same STORAGE_* settings (npm start): it takes over at once what this command lists without --go.",
    );
  }
  const { openDriver } = await import("@stoa/server/storage/drivers/open-driver.ts");
  const { lookForAdoptable } = await import("@stoa/server/storage/subjects/adoptable.ts");
  const driver = await openDriver(config, { log, link: null, isInUse: async () => false });
  try {
    return { ...(await lookForAdoptable(driver, new Set())), adopted: null };
  } finally {
    await driver.close();
  }
}

async function takeOver(opened: Opened, { go }: CompanionOptions): Promise<Result> {
  await requireCurrentSchema(opened);
  const { createStoa } = await import("@stoa/server/app.ts");
  const broker = await (await import("../people-broker.ts")).peopleBroker(opened);
  const { storage } = await createStoa({ ...opened, broker });
  try {
    const listed = await storage.adoptable();
    return { ...listed, adopted: go ? await storage.adoptAll() : null };
  } finally {
    await storage.driver.close();
  }
}
