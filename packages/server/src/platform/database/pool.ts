import { setTimeout as delay } from "node:timers/promises";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import { StoaError } from "../errors/stoa-error.ts";
import { ConnectionLostError, isClosedToConnections, isConnectionLoss } from "./connection-loss.ts";
import { valueTypes } from "./value-types.ts";

export interface PoolOptions {
  readonly url: string;
  readonly size: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** A connection broke while nobody used it. */
  readonly onIdleError: (error: Error) => void;
}

/** Milliseconds: a request that waits longer has given up anyway. */
const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;

const lost = new WeakSet<object>();

/** The process's connections. One that breaks is reported and replaced, never an uncaught error. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    application_name: options.applicationName,
    types: valueTypes,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    onConnect: prepare,
  });
  pool.on("error", (error) => {
    if (!pool.ending) options.onIdleError(error);
  });
  return pool;
}

/** Milliseconds: a server that is away does not answer our goodbye. */
const GOODBYE_MS = 1_000;

/** `pool.end()` is done before its connections are: a database stopped right after would seem to cut them. */
export async function endPool(pool: pg.Pool): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let open = pool.totalCount;
  pool.on("remove", () => {
    open -= 1;
    if (open <= 0) resolve();
  });
  if (open === 0) resolve();
  await pool.end();
  const goodbye = new AbortController();
  await Promise.race([promise, delay(GOODBYE_MS, undefined, { signal: goodbye.signal }).catch(() => undefined)]);
  goodbye.abort();
}

/**
 * Before anybody gets it: one that ends between this and its first user is handed out all the same.
 * Timeouts by a statement: as parameters of the connection's start, poolers refuse them.
 */
async function prepare(client: pg.ClientBase): Promise<void> {
  // pg-pool takes its own listener off while somebody holds the connection; without one, node would end.
  client.on("error", () => lost.add(client));
  const ms = STATEMENT_TIMEOUT_MS;
  await client.query(`set statement_timeout = ${ms}; set idle_in_transaction_session_timeout = ${ms}`);
}

/** The pool as Kysely uses it: while the database is away, callers get `StoaError("unavailable")`. */
export function guardedPool(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    Client: pg.Client as unknown as NonNullable<PostgresPool["Client"]>,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch((error) => {
        // Whatever PostgreSQL itself did not say is the way to it: refused, timed out, the pool exhausted.
        const answered = error instanceof pg.DatabaseError && !isClosedToConnections(error);
        throw away(answered ? error : new ConnectionLostError(error));
      });
      return guardClient(client);
    },
  };
}

const guards = new WeakMap<pg.PoolClient, PostgresPoolClient>();

/** The same object for the same connection: Kysely remembers connections by it. */
function guardClient(client: pg.PoolClient): PostgresPoolClient {
  const known = guards.get(client);
  if (known) return known;
  const run = (sql: string, parameters?: readonly unknown[]) =>
    client.query(sql, parameters as unknown[]).catch((error) => {
      const ended = lost.has(client) && !(error instanceof pg.DatabaseError) ? new ConnectionLostError(error) : error;
      if (!isConnectionLoss(ended)) throw ended;
      lost.add(client);
      // A transaction ends with its connection. Saying so again would hide from the caller what went wrong first.
      if (sql === "rollback") return { command: "ROLLBACK", rowCount: null, rows: [] };
      throw away(ended, sql);
    });
  const guard: PostgresPoolClient = {
    // The other overload is for cursors, which need a dialect option that we don't set.
    query: run as unknown as PostgresPoolClient["query"],
    release: (destroy) => client.release(destroy || lost.has(client)),
  };
  guards.set(client, guard);
  return guard;
}

function away(error: unknown, sql?: string): unknown {
  if (!isConnectionLoss(error)) return error;
  const unsure = "The database went away while this was being saved. Look whether it was, before you try again.";
  const message = sql === "commit" ? { message: unsure } : {};
  return new StoaError("unavailable", { ...message, details: { what: "The database" }, cause: error });
}
