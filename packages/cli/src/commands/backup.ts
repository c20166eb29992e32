import { resolve } from "node:path";
import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { type Opened, requireCurrentSchema, withDatabase } from "../database.ts";
import { exitCodes } from "../exit-codes.ts";
import { backupSealKey, presentKeyFile } from "../secret-key.ts";
import { showBytes } from "../sizes.ts";
import { stoaVersion } from "../version.ts";

interface Options {
  readonly files: boolean;
  readonly key: boolean;
  readonly json?: boolean;
}

/** `stoa backup <file>` */
export function addBackup(program: Command, context: Context): void {
  program
    .command("backup")
    .description("Write everything into one file: database, secret key, people's files. The server may run")
    .argument("<file>", "must not exist yet; only its owner can read it")
    .option("--no-files", "leave out workspaces and trash")
    .option("--no-key", "leave out the secret key: keep a copy of it elsewhere, or the backup can't be used")
    .option("--json", "as JSON")
    .addHelpText("after", '\nExample:\n  npx stoa backup "/backups/stoa-$(date +%F).stoa"')
    .action((file: string, options: Options) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "beside", (opened) => backup(context, opened, file, options)),
      ),
    );
}

async function backup({ terminal }: Context, opened: Opened, file: string, options: Options) {
  // Lazily: COPY and archive code is of no use to the other commands.
  const { backupDatabase } = await import("@stoa/server/platform/database/backup/backup.ts");
  await requireCurrentSchema(opened);
  const { config, database } = opened;
  const target = resolve(terminal.cwd, file);
  const manifest = await backupDatabase({
    connectionString: database.directConnectionString,
    target,
    dataDir: config.dataDir,
    includeFiles: options.files,
    secretKeyFile: options.key ? await presentKeyFile(config) : null,
    sealKey: await backupSealKey(config),
    stoaVersion: stoaVersion(),
  });
  if (options.json) {
    terminal.out(JSON.stringify({ file: target, ...manifest }));
    return exitCodes.done;
  }
  const rows = Object.values(manifest.tables).reduce((sum, count) => sum + count, 0);
  const files = manifest.includes.files
    ? `${manifest.files.entries} files and folders (${showBytes(manifest.files.bytes)})`
    : "no files";
  terminal.out(`${target}: ${rows} rows of ${Object.keys(manifest.tables).length} tables, ${files}.`);
  terminal.out(
    manifest.includes.secretKey
      ? "It holds the secret key: guard it like the server itself."
      : "It does NOT hold the secret key: without a copy of that key it can't be used.",
  );
  for (const skipped of manifest.skipped) terminal.err(`Left out: ${skipped}`);
  if (manifest.skippedCount > manifest.skipped.length) terminal.err(`Left out: ${manifest.skippedCount} in all`);
  return manifest.skippedCount > 0 ? exitCodes.fault : exitCodes.done;
}
