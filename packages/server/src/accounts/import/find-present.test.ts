import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer } from "../../testing/accounts-server.ts";
import type { AccountTables } from "../tables.ts";
import { findPresent } from "./take-person.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

it("tells the name that a deleted account keeps, so that a plan gives it to nobody", async () => {
  const { id } = await server.person("gone");
  const deleted = "update accounts set username = $2, status = 'deactivated', deleted_at = now() where id = $1";
  await server.database.pool.query(deleted, [id, `deleted#${id}`]);
  const db = server.database.db.withTables<AccountTables>();
  const found = await findPresent(db, { usernames: ["gone"], emails: [], ids: [] });
  expect(found).toMatchObject([{ id, username: "gone", gone: true }]);
});
