import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { commandConfig, type Opened, withDatabase } from "../database.ts";
import { exitCodes } from "../exit-codes.ts";
import { backupSealKey, secretKeyFile } from "../secret-key.ts";

interface Options {
  readonly replace?: boolean;
  readonly check?: boolean;
  readonly otherKey?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `stoa restore <file>` */
export function addRestore(program: Command, context: Context): void {
  program
    .command("restore")
    .description("Put a backup back. Every server has to be stopped. Everyone signs in again afterwards")
    .argument("<file>", "what `stoa backup` wrote")
    .option("--check", "only read it to its end and prove it whole; nothing is changed")
    .option("--replace", "the database is not empty: remove what is in it, end sessions, set files and key aside")
    .option("--other-key", "it was made with another secret key than the one here: don't check its seal")
    .option("-y, --yes", "don't ask before replacing")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  npx stoa restore --check stoa.backup\n  npx stoa restore stoa.backup")
    .action((file: string, options: Options) => {
      const source = resolve(context.terminal.cwd, file);
      return act(context, options.json === true, () =>
        options.check ? check(context, source, options) : restoreAfterAsking(context, source, options),
      );
    });
}

async function check({ terminal }: Context, source: string, options: Options) {
  const { verifyBackup } = await import("@stoa/server/platform/database/backup/restore.ts");
  const sealKey = options.otherKey ? null : await backupSealKey(commandConfig(terminal));
  const manifest = await verifyBackup(source, sealKey);
  const holds = manifest.includes.secretKey ? "with the secret key" : "without the secret key";
  terminal.out(
    options.json
      ? JSON.stringify(manifest)
      : `${source} is whole: made on ${manifest.createdAt} by Stoa ${manifest.stoa}, ${holds}.`,
  );
  return exitCodes.done;
}

async function restoreAfterAsking(context: Context, source: string, options: Options) {
  if (options.replace && !options.yes) await askBeforeReplacing(context);
  return withDatabase(context.terminal, "alone", (opened) => restore(context, opened, source, options));
}

async function askBeforeReplacing({ terminal }: Context): Promise<void> {
  const { dataDir } = commandConfig(terminal);
  const question = `Remove everything in the database of ${dataDir} and put the backup in its place?`;
  if (terminal.interactive && (await terminal.confirm(question))) return;
  throw new StartError("Nothing was changed.", "Say --yes to replace without being asked.");
}

async function restore({ terminal }: Context, opened: Opened, source: string, options: Options) {
  const { config, database } = opened;
  const { restoreDatabase } = await import("@stoa/server/platform/database/backup/restore.ts");
  const { endSessions } = await import("../end-sessions.ts");
  const { peopleBroker } = await import("../people-broker.ts");
  // With a database elsewhere nothing has made it yet. Open to pass through: sessions' accounts reach their files.
  await mkdir(config.dataDir, { recursive: true, mode: 0o711 });
  const { manifest, keptAside, ended } = await restoreDatabase({
    connectionString: database.directConnectionString,
    source,
    dataDir: config.dataDir,
    replace: options.replace === true,
    secretKeyFile: secretKeyFile(config),
    sealKey: options.otherKey ? null : await backupSealKey(config),
    endSessions: async (directory) => endSessions(directory, await peopleBroker(opened)),
  });
  if (options.json) {
    terminal.out(JSON.stringify({ manifest, keptAside, ended }));
    return exitCodes.done;
  }
  terminal.out(
    `Restored what was backed up on ${manifest.createdAt} by Stoa ${manifest.stoa}. Everyone signs in again.`,
  );
  terminal.out("Personal access tokens are as they were at the backup: revoke again what was revoked since.");
  for (const path of keptAside) terminal.out(`What was there before is now at ${path}`);
  if (!manifest.includes.secretKey) {
    terminal.out("The backup has no secret key: put the one it was made with in place before starting the server.");
  }
  return exitCodes.done;
}
