import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";
import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import type { Db, PlatformTables } from "./database.ts";
import { startEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { createPool } from "./pool.ts";

export interface OpenDatabase {
  readonly db: Db;
  readonly pool: pg.Pool;
  readonly connectionString: string;
  /** Past any pooler: for LISTEN. The same when there is none. */
  readonly directConnectionString: string;
  /** Ends the pool, then the embedded server. */
  close(): Promise<void>;
}

/**
 * Opens the database of `DATABASE_URL`, or starts the embedded one in the data directory.
 * @throws StartError when it can't, with the remedy.
 */
export async function openDatabase(
  config: Pick<Config, "database" | "dataDir" | "nodeId">,
  log: Logger,
): Promise<OpenDatabase> {
  const embedded = config.database.url ? null : await startEmbeddedPostgres({ dataDir: config.dataDir });
  const url = config.database.url ?? embedded?.url ?? "";
  const pool = createPool({
    url,
    size: config.database.poolSize,
    applicationName: `stoa/${config.nodeId}`,
    onIdleError: (error) => log.warn({ err: error }, "a database connection was lost"),
  });
  const db = new Kysely<PlatformTables>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    pool,
    connectionString: url,
    directConnectionString: config.database.directUrl ?? url,
    async close() {
      await pool.end();
      await embedded?.stop();
    },
  };
}
