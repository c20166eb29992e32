import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import type { StartError } from "../errors/start-error.ts";
import { settleRestore } from "./backup/settle-restore.ts";
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
  /** Resolves when the embedded server had to be stopped, for its data directory has become another's. */
  readonly lost: Promise<StartError>;
  /** Ends the pool, then the embedded server if this process runs it. */
  close(): Promise<void>;
}

type DatabaseConfig = Pick<Config, "database" | "dataDir" | "nodeId">;

export interface OpenOptions {
  readonly tool?: "beside" | "alone";
  /** Gives up while it is being opened: its reason is thrown then, and nothing is left running. */
  readonly signal?: AbortSignal;
  /** The group of the account that the server runs as, where that is not this process's. */
  readonly socketGroup?: number;
}

/**
 * Opens the database of `DATABASE_URL`, or starts the embedded one in the data directory.
 * @param options `tool`, for a command: `beside` a running server it uses that one's embedded database and leaves
 * it running; `alone` it is refused while a server has the data directory.
 * @throws StartError when it can't, with the remedy.
 */
export async function openDatabase(
  config: DatabaseConfig,
  log: Logger,
  options: OpenOptions = {},
): Promise<OpenDatabase> {
  // The embedded server does so itself.
  if (config.database.url && !options.tool) await prepareDataDirectory(config.dataDir, null);
  const { url, stop, lost } = await locate(config, log, options);
  const { db, pool } = connect({
    url,
    size: config.database.poolSize,
    applicationName: `${options.tool ? "stoa-tool" : "stoa"}/${config.nodeId}`,
    onIdleError: (error) => log.warn({ err: error }, "a database connection was lost"),
  });
  const directConnectionString = config.database.directUrl ?? url;
  try {
    if (config.database.url && !options.tool) await proveAnswering(pool, url);
    // A tool beside a server changes nothing.
    if (options.tool !== "beside") await settle(config.dataDir, directConnectionString, log);
    options.signal?.throwIfAborted();
  } catch (error) {
    await pool.end();
    await stop();
    throw error;
  }
  return {
    db,
    pool,
    connectionString: url,
    directConnectionString,
    lost,
    async close() {
      await endPool(pool);
      await stop();
    },
  };
}

async function settle(dataDir: string, url: string, log: Logger): Promise<void> {
  const outcome = await settleRestore(dataDir, url);
  if (outcome === "finished") log.warn("a restore that was interrupted has been finished");
  if (outcome === "put back") log.warn("a restore that was interrupted has been undone: all is as it was before it");
}

interface Located {
  readonly url: string;
  readonly lost: Promise<StartError>;
  stop(): Promise<void>;
}

async function locate(config: DatabaseConfig, log: Logger, options: OpenOptions): Promise<Located> {
  const { tool, signal, socketGroup } = options;
  const another = { lost: new Promise<never>(() => undefined), stop: async () => undefined };
  if (config.database.url) return { ...another, url: config.database.url };
  if (tool === "beside" && (await directoryHolder(config.dataDir))) {
    const running = await findEmbeddedPostgres(config.dataDir);
    if (running) return { ...another, url: running.url };
  }
  return startEmbeddedPostgres({
    dataDir: config.dataDir,
    log,
    ...(signal ? { signal } : {}),
    ...(socketGroup === undefined ? {} : { socketGroup }),
  });
}
