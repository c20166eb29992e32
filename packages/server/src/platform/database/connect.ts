import { Kysely, PostgresAdapter, PostgresDialect, type PostgresPool } from "kysely";
import type pg from "pg";
import type { Db, PlatformTables } from "./database.ts";
import { createPool, guardedPool, type PoolOptions } from "./pool.ts";

export interface Connections {
  readonly db: Db;
  /** The connections that `db` uses; its errors are the driver's own. */
  readonly pool: pg.Pool;
}

/**
 * Kysely's own migration lock belongs to the connection, not to the transaction: behind a pooler it is taken on
 * one and released on another, and a failed migration leaves it held. `migrate.ts` takes one that ends by itself.
 */
class Adapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

class Dialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new Adapter();
  }
}

/** Kysely on connections of whatever kind. */
export function kyselyOn(pool: PostgresPool): Db {
  return new Kysely<PlatformTables>({ dialect: new Dialect({ pool }) });
}

/** A pool and the query builder on it. End the pool, not `db`. */
export function connect(options: PoolOptions): Connections {
  const pool = createPool(options);
  return { pool, db: kyselyOn(guardedPool(pool)) };
}
