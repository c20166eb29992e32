import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { HubTables } from "../tables.ts";
import { noteOthers } from "./still-ours.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const MADE = "2030-01-01T00:00:00.000Z";
const LATER = "2030-01-02T00:00:00.000Z";

interface Listed {
  readonly created?: string | null;
  readonly admin?: boolean;
  readonly seen?: string;
}

async function standing(name: string, known: object, { created = MADE, admin = false, seen = "now" }: Listed) {
  const { rows } = await database.pool.query(
    "insert into accounts (username, username_key, email, full_name) values ($1, $1, $1, $1) returning id",
    [name],
  );
  const { hub_created_at = MADE, hub_admin = false } = known as { hub_created_at?: string | null; hub_admin?: boolean };
  await database.pool.query(
    `insert into hub_users (account_id, name, state, made_at, hub_created_at, hub_admin)
     values ($1, $2, 'ours', now() - interval '1 hour', $3, $4)`,
    [rows[0].id, name, hub_created_at, hub_admin],
  );
  await database.pool.query(
    `insert into hub_seen_users (name, is_admin, created_at, seen_at) values ($1, $2, $3, $4)`,
    [name, admin, created, seen === "now" ? new Date() : new Date(Date.now() - 2 * 3_600_000)],
  );
  await noteOthers(database.db.withTables<HubTables>());
  const found = await database.pool.query("select state, problem from hub_users where name = $1", [name]);
  return found.rows[0];
}

test.each<[string, object, Listed, string]>([
  ["the same", {}, {}, "ours"],
  ["made-anew", {}, { created: LATER }, "taken"],
  ["admin", {}, { admin: true }, "taken"],
  ["linked-admin", { hub_admin: true }, { admin: true }, "ours"],
  ["never-seen", { hub_created_at: null }, { created: LATER }, "ours"],
  ["not-told", {}, { created: null }, "ours"],
  ["listed-before-it-was-made", {}, { created: LATER, seen: "before" }, "ours"],
])("by the list: %s", async (name, known, listed, state) => {
  const row = await standing(name, known, listed);
  expect(row.state).toBe(state);
  expect(row.problem === null).toBe(state === "ours");
});
