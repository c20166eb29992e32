import { loadConfig } from "@stoa/server/config/load.ts";
import type { Config } from "@stoa/server/config/schema.ts";
import { migrationState } from "@stoa/server/platform/database/migrate.ts";
import { type OpenDatabase, openDatabase } from "@stoa/server/platform/database/open-database.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { createLog } from "@stoa/server/platform/telemetry/log.ts";
import { configurationDirectory } from "./checkout.ts";
import type { Terminal } from "./terminal.ts";

export interface Opened {
  readonly config: Config;
  readonly database: OpenDatabase;
  /** Silent: what a command has to say it says itself. */
  readonly log: ReturnType<typeof createLog>;
}

/** The configuration that `npm start` would use. @throws ConfigError */
export function commandConfig(terminal: Terminal): Config {
  return loadConfig(terminal.env, configurationDirectory(terminal.cwd));
}

/**
 * Opens the database for a command and closes it after: `beside` a running server, or `alone`, refused while
 * one has the data directory. The embedded database is started for the command when nothing runs.
 * @throws StartError when it can't
 */
export async function withDatabase<T>(
  terminal: Terminal,
  tool: "beside" | "alone",
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const config = commandConfig(terminal);
  const log = createLog({ logLevel: "silent" });
  const database = await openDatabase(config, log, { tool });
  try {
    return await work({ config, database, log });
  } finally {
    await database.close();
  }
}

/** @throws StartError when the server never ran on this database, or another version did */
export async function requireCurrentSchema({ database }: Opened): Promise<void> {
  const { executed, pending, unknown } = await migrationState(database.db);
  if (pending.length === 0 && unknown.length === 0) return;
  const what =
    executed.length === 0 ? "is empty" : unknown.length > 0 ? "belongs to a newer version" : "is of an older version";
  const remedy =
    unknown.length > 0 ? "Use that version's stoa." : "Start the server once (npm start): it sets the database up.";
  throw new StartError(`The database ${what}.`, remedy);
}
