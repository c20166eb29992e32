import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { keepableNumbers, reserveNumbers } from "./kept-numbers.ts";
import type { ImportTables } from "./tables.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const db = () => database.db.withTables<ImportTables>();
const keepable = async (source: string, ...ids: number[]) => [...(await keepableNumbers(db(), source, "person", ids))];

async function makeAccount(name: string): Promise<number> {
  const { rows } = await database.pool.query(
    "insert into accounts (username, username_key, email, full_name) values ($1, $1, $1, $1) returning id",
    [name],
  );
  return rows[0].id;
}

test("a number that somebody has or had is not given again", async () => {
  await makeAccount("first");
  const gone = await makeAccount("gone");
  await database.pool.query("delete from accounts where id = $1", [gone]);
  expect(await keepable("uws", 1, 2, 3, 9_000_000_000_000_000)).toEqual([3]);
});

test("what is reserved stays free for its source alone, whatever comes between", async () => {
  await reserveNumbers(db(), "uws", "person", [5, 10, 9_000_000_000_000_000]);
  const makings = Promise.all(Array.from({ length: 20 }, (_, n) => makeAccount(`between-${n}`)));
  await reserveNumbers(db(), "uws", "person", [5, 12]);
  const made = await makings;
  expect(new Set(made).size).toBe(20);
  expect(Math.min(...made)).toBeGreaterThan(10_000);
  // The old service has gone on meanwhile.
  expect(await keepable("uws", 1, 5, 10, 5_000, 20_000)).toEqual([5, 10, 5_000, 20_000]);
  expect(await keepable("other", 5, 10)).toEqual([]);
});

test("repeated it moves nothing", async () => {
  const last = "select last_value as n from accounts_id_seq";
  const { rows: before } = await database.pool.query(last);
  await reserveNumbers(db(), "uws", "person", [5, 10, 12]);
  await reserveNumbers(db(), "uws", "person", []);
  expect((await database.pool.query(last)).rows).toEqual(before);
});
