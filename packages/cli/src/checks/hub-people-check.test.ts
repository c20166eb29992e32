import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { testConfig } from "@stoa/server/testing/test-platform.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Opened } from "../database.ts";
import { hubPeopleChecks } from "./hub-people-check.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const config = { hub: { ...testConfig().hub, apiUrl: "http://127.0.0.1:1/hub/api" } };
const check = () => hubPeopleChecks(config, database as unknown as Opened["database"]);

it("looks at nothing where there is no hub", async () => {
  const none = { hub: { ...config.hub, apiUrl: null } };
  expect(await hubPeopleChecks(none, database as unknown as Opened["database"])).toEqual([]);
});

it("is content where nobody waits and nothing failed", async () => {
  expect((await check()).map(({ state }) => state)).toEqual(["ok", "ok", "ok"]);
});

it("tells who waits and why, which names are taken, administrators by name, and what failed", async () => {
  await database.pool.query(`
    insert into accounts (id, username, username_key, email, full_name, kind, status, is_admin)
    overriding system value values (901, 'ada', 'ada', 'ada@example.org', 'Ada', 'person', 'active', true),
      (902, 'bob', 'bob', 'bob@example.org', 'Bob', 'person', 'active', false)`);
  await database.pool.query(`
    insert into hub_users (account_id, name, state, problem) values (901, 'ada', 'taken', null),
      (902, 'bob', 'missing', null)`);
  await database.pool.query(`
    insert into hub_launches (account_id, server, operation_id, state, cause, said, ended_at)
    values (902, '', gen_random_uuid(), 'failed', 'image_missing', 'no such image: lab', now())`);
  expect(await check()).toMatchObject([
    { name: "people at the hub", state: "warn", found: expect.stringMatching(/^1 can't launch/) },
    { name: "administrators at the hub", state: "warn", found: expect.stringContaining("ada") },
    { name: "launches", state: "warn", found: expect.stringContaining("image_missing (no such image: lab)") },
  ]);
  await database.pool.query(
    "update hub_users set state = 'wanted', problem = 'the hub is away' where account_id = 902",
  );
  expect((await check())[0]).toMatchObject({ state: "warn", found: "1 wait for their hub user: the hub is away" });
});
