import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";
import type { Db, PlatformTables } from "./database.ts";
import { createPool, guardedPool, type PoolOptions } from "./pool.ts";

export interface Connections {
  readonly db: Db;
  /** The connections that `db` uses; its errors are the driver's own. */
  readonly pool: pg.Pool;
}

/** A pool and the query builder on it. End the pool, not `db`. */
export function connect(options: PoolOptions): Connections {
  const pool = createPool(options);
  return { pool, db: new Kysely<PlatformTables>({ dialect: new PostgresDialect({ pool: guardedPool(pool) }) }) };
}
