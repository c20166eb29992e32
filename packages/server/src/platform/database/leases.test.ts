import { spawnSync } from "node:child_process";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { endLeasesOfDead, giveBackLease, holderOf, takeLease } from "./leases.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it("is one server's until it gives it back", async () => {
  const { db } = database;
  expect(await takeLease(db, "poll", "a#1", 60)).toBe(true);
  expect(await takeLease(db, "poll", "b#1", 60)).toBe(false);
  expect(await takeLease(db, "poll", "a#1", 60)).toBe(true);
  expect(await takeLease(db, "other", "b#1", 60)).toBe(true);
  await giveBackLease(db, "poll", "b#1");
  expect(await takeLease(db, "poll", "b#1", 60)).toBe(false);
  await giveBackLease(db, "poll", "a#1");
  expect(await takeLease(db, "poll", "b#1", 60)).toBe(true);
});

it("is anybody's when its time is over", async () => {
  const { db } = database;
  await takeLease(db, "late", "a#1", 60);
  await sql`update leases set until = now() - interval '1 second' where name = 'late'`.execute(db);
  expect(await takeLease(db, "late", "b#1", 60)).toBe(true);
});

it("of a server that is no more on this machine ends with the next one's start, and no other's does", async () => {
  const { db } = database;
  const { pid: gone } = spawnSync("true");
  const [dead, forerunner] = [`here#${gone}`, holderOf({ nodeId: "here" })];
  const others = [`here#${process.ppid}`, `there#${gone}`, `here-too#${gone}`, "3b241101-e2bb-4255-8caf-4136c566a962"];
  for (const holder of [dead, forerunner, ...others]) await takeLease(db, `of ${holder}`, holder, 60);
  await endLeasesOfDead(db, { nodeId: "here" });
  const { rows } = await sql<{ holder: string }>`select holder from leases where name like 'of %'`.execute(db);
  expect(rows.map(({ holder }) => holder).sort()).toEqual(others.sort());
});
