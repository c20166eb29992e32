import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MigrationUp } from "../../../migrations/index.ts";
import { contents } from "../../../testing/awkward-tables.ts";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import { migrateToLatest } from "../migrate.ts";
import { backupDatabase } from "./backup.ts";
import { makePartition } from "./partitions.ts";
import { restoreDatabase } from "./restore.ts";

const log: MigrationUp = async (db) => {
  await sql`create table entries (at timestamptz not null, what text) partition by range (at)`.execute(db);
  await sql`create unique index entries_one on entries (at, what)`.execute(db);
};
const migrations = { "0001-log": log };
const common = { secretKeyFile: null, sealKey: null };

let directory: string;
let original: TestDatabase;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "stoa-partitions-"));
  original = await createTestDatabase({ migrated: false });
  await migrateToLatest(original.db, migrations);
  // As a server does it while it runs, in whatever zone it is.
  await sql`create table entries_november partition of entries
    for values from ('2026-11-01 00:00:00+00') to ('2026-12-01 03:30:00+03:30')`.execute(original.db);
  await sql`insert into entries values ('2026-11-30T23:59:59.999999Z', 'late')`.execute(original.db);
});
afterAll(async () => {
  await original.drop();
  await rm(directory, { recursive: true, force: true });
});

it("parts that a server made while it ran are made again, with their rows and bounds", async () => {
  const target = path.join(directory, "log.stoa");
  const written = { ...common, connectionString: original.url, target, includeFiles: false, stoaVersion: "9.9.9" };
  await backupDatabase({ ...written, dataDir: directory });
  const restored = await createTestDatabase({ migrated: false });
  const dataDir = path.join(directory, "restored");
  await mkdir(dataDir);
  await restoreDatabase({
    ...{ ...common, connectionString: restored.url, source: target, dataDir, replace: false, migrations },
    endSessions: async () => undefined,
  });
  expect(await contents(restored)).toEqual(await contents(original));
  const bounds = sql`select pg_get_expr(relpartbound, oid) as bounds from pg_class where relname = 'entries_november'`;
  expect((await bounds.execute(restored.db)).rows).toEqual((await bounds.execute(original.db)).rows);
  await expect(
    sql`insert into entries values ('2026-11-30T23:59:59.999999Z', 'late')`.execute(restored.db),
  ).rejects.toThrow();
  await restored.drop();
});

it("a part of a table that isn't there is none, and bounds that are none are damage", async () => {
  const client = await original.pool.connect();
  const table = (name: string, bounds: string) => ({ name: "x", columns: [], partOf: { table: name, bounds } });
  const range = "FOR VALUES FROM ('2026-12-01') TO ('2027-01-01')";
  expect(await makePartition(client, table("nothing", range))).toBe(false);
  expect(await makePartition(client, { name: "x", columns: [] })).toBe(false);
  for (const bounds of ["DEFAULT", `${range}; drop table entries`, "FOR VALUES FROM ('a\\'') TO ('b')"]) {
    await expect(makePartition(client, table("entries", bounds))).rejects.toThrow("damaged");
  }
  client.release();
});
