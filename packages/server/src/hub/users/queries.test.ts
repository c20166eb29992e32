import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { HubTables, HubTrx } from "../tables.ts";
import { wantUser } from "./queries.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function makeAccount(username: string): Promise<{ id: number; username: string }> {
  const { rows } = await database.pool.query(
    "insert into accounts (username, username_key, email, full_name) values ($1, lower($1), $1, $1) returning id",
    [username],
  );
  return { id: rows[0].id, username };
}

async function want(account: { id: number; username: string }): Promise<string> {
  const row = await database.db
    .withTables<HubTables>()
    .transaction()
    .execute((trx) => wantUser(trx as HubTrx, account));
  return row.name;
}

test("somebody whose names at the hub are both others' gets one that is free, and keeps it", async () => {
  const ada = await makeAccount("Ada");
  const [first, second] = [await makeAccount("first"), await makeAccount("second")];
  for (const [account, name] of [
    [first, "ada"],
    [second, `ada-${ada.id}`],
  ] as const) {
    await database.pool.query("insert into hub_users (account_id, name, state) values ($1, $2, 'ours')", [
      account.id,
      name,
    ]);
  }
  const name = await want(ada);
  expect(name).toMatch(new RegExp(`^ada-${ada.id}-[0-9a-f]{8}$`));
  expect(await want(ada)).toBe(name);
});

test("names are people's own, else with their number", async () => {
  expect(await want(await makeAccount("Ben"))).toBe("ben");
  const carl = await makeAccount("carl");
  await database.pool.query("update hub_users set name = 'carl' where name = 'ben'");
  expect(await want(carl)).toBe(`carl-${carl.id}`);
});
