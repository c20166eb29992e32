import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MigrationUp } from "../../migrations/index.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { describeSchema } from "./describe-schema.ts";
import { migrateToLatest, migrationState } from "./migrate.ts";

const first: MigrationUp = async (db) => {
  await sql`create table things (id bigint generated always as identity primary key, name text not null)`.execute(db);
};
const second: MigrationUp = async (db) => {
  await sql`create index things_by_name on things (name)`.execute(db);
};
const broken: MigrationUp = async (db) => {
  await sql`create table half_done (id int)`.execute(db);
  await sql`select no_such_column from things`.execute(db);
};

describe("migrateToLatest", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
  });
  afterAll(() => database.drop());

  test("several processes at once: each migration runs once", async () => {
    const map = { "0001-first": first, "0002-second": second };
    await Promise.all([1, 2, 3, 4].map(() => migrateToLatest(database.db, map)));
    expect(await migrationState(database.db, map)).toEqual({
      executed: ["0001-first", "0002-second"],
      pending: [],
      unknown: [],
    });
  });

  test("refuses a database that is newer than the code, and changes nothing", async () => {
    const before = await describeSchema(database.db);
    const older = { "0001-first": first };
    await expect(migrateToLatest(database.db, older)).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringContaining("0002-second"),
      remedy: expect.stringContaining("newer release"),
    });
    expect(await describeSchema(database.db)).toEqual(before);
  });

  test("one that fails leaves nothing behind, and says which", async () => {
    const before = await describeSchema(database.db);
    const map = { "0001-first": first, "0002-second": second, "0003-broken": broken };
    await expect(migrateToLatest(database.db, map)).rejects.toMatchObject({
      name: "StartError",
      message: expect.stringMatching(/0003-broken.*no_such_column/),
    });
    expect(await describeSchema(database.db)).toEqual(before);
    expect((await migrationState(database.db, map)).pending).toEqual(["0003-broken"]);
    const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and database =
      (select oid from pg_database where datname = current_database())`.execute(database.db);
    expect(rows).toEqual([]);
  });

  test("describeSchema tells apart what differs in one column, index or default", async () => {
    const before = await describeSchema(database.db);
    expect(before.join("\n")).toContain("things_by_name");
    await sql`alter table things alter column name set default 'x'`.execute(database.db);
    expect(await describeSchema(database.db)).not.toEqual(before);
  });
});
