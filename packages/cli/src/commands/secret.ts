import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { type Opened, requireCurrentSchema, withDatabase } from "../database.ts";
import { exitCodes } from "../exit-codes.ts";
import { secretKeyFile } from "../secret-key.ts";

interface Options {
  readonly json?: boolean;
}

/** `stoa secret rotate` */
export function addSecret(program: Command, context: Context): void {
  program
    .command("secret")
    .description("Look after the secret key")
    .command("rotate")
    .description("Make a new secret key and seal everything with it. Every server has to be stopped")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nBackups made before are sealed with the old key: make a new one after this.\n\nExample:\n  npx stoa secret rotate",
    )
    .action((options: Options) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "alone", (opened) => rotate(context, opened, options)),
      ),
    );
}

async function rotate({ terminal }: Context, opened: Opened, options: Options) {
  const { refuseInUse } = await import("@stoa/server/platform/database/backup/empty-database.ts");
  const { openSecretBox } = await import("@stoa/server/platform/secrets/open-secret-box.ts");
  const { rotateSecretKey } = await import("@stoa/server/platform/secrets/rotate-secret-key.ts");
  const { sealedColumns } = await import("@stoa/server/sealed-columns.ts");
  const { config, database, log } = opened;
  await requireCurrentSchema(opened);
  const client = await database.pool.connect();
  await refuseInUse(client).finally(() => client.release());
  const current = await openSecretBox({ config, db: database.db, log });
  const file = secretKeyFile(config);
  const { key, resealed } = await rotateSecretKey({ db: database.db, current, file, columns: sealedColumns });
  if (options.json) {
    terminal.out(JSON.stringify({ resealed, file, ...(file === null ? { key } : {}) }));
  } else {
    terminal.out(`${resealed} secrets are sealed with a new key. People sign in to the portal again.`);
    terminal.out(file === null ? `Set STOA_SECRET_KEY=${key}` : `The key is in ${file}. Keep a copy elsewhere.`);
  }
  return exitCodes.done;
}
