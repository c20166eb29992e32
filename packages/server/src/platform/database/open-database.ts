import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import { type Connections, connect } from "./connect.ts";
import { prepareDataDirectory } from "./data-directory.ts";
import { directoryHolder } from "./directory-lock.ts";
import { findEmbeddedPostgres, startEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { proveAnswering } from "./external-database.ts";
import { endPool } from "./pool.ts";

export interface OpenDatabase extends Connections {
  readonly connectionString: string;
  /** Past any pooler: for LISTEN. The same when there is none. */
  readonly directConnectionString: string;
  /** Ends the pool, then the embedded server if this process runs it. */
  close(): Promise<void>;
}

type DatabaseConfig = Pick<Config, "database" | "dataDir" | "nodeId">;

/**
 * Opens the database of `DATABASE_URL`, or starts the embedded one in the data directory.
 * @param options `tool`, for a command: `beside` a running server it uses that one's embedded database and leaves
 * it running; `alone` it is refused while a server has the data directory.
 * @throws StartError when it can't, with the remedy.
 */
export async function openDatabase(
  config: DatabaseConfig,
  log: Logger,
  options: { readonly tool?: "beside" | "alone" } = {},
): Promise<OpenDatabase> {
  // The embedded server does so itself.
  if (config.database.url && !options.tool) await prepareDataDirectory(config.dataDir, null);
  const { url, stop } = await locate(config, log, options.tool === "beside");
  const { db, pool } = connect({
    url,
    size: config.database.poolSize,
    applicationName: `${options.tool ? "stoa-tool" : "stoa"}/${config.nodeId}`,
    onIdleError: (error) => log.warn({ err: error }, "a database connection was lost"),
  });
  if (config.database.url && !options.tool) {
    await proveAnswering(pool, url).catch(async (error: unknown) => {
      await pool.end();
      throw error;
    });
  }
  return {
    db,
    pool,
    connectionString: url,
    directConnectionString: config.database.directUrl ?? url,
    async close() {
      await endPool(pool);
      await stop();
    },
  };
}

async function locate(config: DatabaseConfig, log: Logger, beside: boolean) {
  if (config.database.url) return { url: config.database.url, stop: async () => undefined };
  if (beside && (await directoryHolder(config.dataDir))) {
    const running = await findEmbeddedPostgres(config.dataDir);
    if (running) return { url: running.url, stop: async () => undefined };
  }
  const { url, stop } = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  return { url, stop };
}
