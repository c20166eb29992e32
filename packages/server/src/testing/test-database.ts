import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { inject } from "vitest";
import { type Connections, connect } from "../platform/database/connect.ts";
import { withDatabase } from "../platform/database/connection-string.ts";
import { migrateToLatest } from "../platform/database/migrate.ts";

export interface TestDatabase extends Connections {
  readonly url: string;
  /** Closes the connections and removes the database. */
  drop(): Promise<void>;
}

/** Any number: taken while the template is made, so that one worker makes it. */
const TEMPLATE_LOCK = 7_380_221;
const migrationsFolder = path.join(import.meta.dirname, "..", "migrations");

/**
 * A database of one's own on the run's server, a copy of a migrated template (some 50 ms), or empty
 * with `migrated: false`. Call `drop()` in `afterAll`.
 */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asServer(server, async (client) => {
    const template = options.migrated === false ? "template1" : await makeTemplate(client, server);
    // Page by page through the log, as is usual, it takes twice as long.
    await client.query(`create database ${name} template ${template} strategy file_copy`);
  });
  const url = withDatabase(server, name);
  const { db, pool } = open(url);
  return {
    url,
    db,
    pool,
    async drop() {
      await pool.end();
      await asServer(server, (client) => dropDatabase(client, name));
    },
  };
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** An autovacuum worker at work in it is the superuser's, and not ours to end: wait for it. */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  for (const limit = Date.now() + 10_000; ; await sleep(100)) {
    try {
      await client.query(`drop database ${name} with (force)`);
      return;
    } catch (error) {
      const busy = error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE;
      if (!busy || Date.now() > limit) throw error;
    }
  }
}

/** The migrated template, named by the migrations' contents: changed ones make another. */
async function makeTemplate(client: pg.Client, server: string): Promise<string> {
  const name = `template_${await hashMigrations()}`;
  await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
  try {
    const found = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (found.rowCount) return name;
    await client.query(`drop database if exists ${name}_draft with (force)`);
    await client.query(`create database ${name}_draft`);
    const { db, pool } = open(withDatabase(server, `${name}_draft`));
    await migrateToLatest(db).finally(() => pool.end());
    await client.query(`alter database ${name}_draft rename to ${name}`);
    return name;
  } finally {
    await client.query("select pg_advisory_unlock($1)", [TEMPLATE_LOCK]);
  }
}

async function hashMigrations(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of (await readdir(migrationsFolder)).sort()) {
    hash.update(file).update(await readFile(path.join(migrationsFolder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

function open(url: string): Connections {
  return connect({ url, size: 5, applicationName: "stoa-test", onIdleError: () => undefined });
}

async function asServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
