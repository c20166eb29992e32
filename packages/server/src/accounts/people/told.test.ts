import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer } from "../../testing/accounts-server.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

const told = async (id: number) => {
  const text = "select kind, said, mail from notices where account_id = $1 order by id";
  return (await server.database.pool.query(text, [id])).rows as unknown[];
};

it("a person is told what an administrator does to their account, and nobody of what they do themselves", async () => {
  const [boss, ann] = [await server.admin(), await server.person("ann")];
  const change = (isAdmin: boolean) =>
    server.call("PATCH", `/api/stoa/v1/people/${ann.id}`, { as: boss, body: { is_admin: isAdmin } });
  for (const isAdmin of [true, true, false]) expect((await change(isAdmin)).status).toBe(200);
  const asked = await server.call("POST", `/api/stoa/v1/people/${ann.id}/deletion`, { as: boss, body: {} });
  expect(asked.status, JSON.stringify(asked.body)).toBeLessThan(300);
  expect(await told(ann.id)).toEqual([
    { kind: "account.role", said: { person: "boss", role: "admin" }, mail: "due" },
    { kind: "account.role", said: { person: "boss", role: "person" }, mail: "due" },
    // That has a mail of its own.
    { kind: "account.deletion-planned", said: { person: "boss", at: expect.stringMatching(/Z$/) }, mail: "none" },
  ]);
  expect(await told(boss.id)).toEqual([]);
});
