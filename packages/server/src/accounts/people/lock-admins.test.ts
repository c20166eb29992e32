import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../../testing/accounts-server.ts";
import { testConfig } from "../../testing/test-platform.ts";

let server: AccountsServer;
let boss: TestPerson;
let second: TestPerson;
let ada: TestPerson;
beforeAll(async () => {
  const { people } = testConfig();
  server = await createAccountsServer({ config: { people: { ...people, directory: "everyone" } } });
  [boss, second, ada] = [await server.admin("boss"), await server.admin("second"), await server.person("ada")];
});
afterAll(() => server.close());

const api = "/api/stoa/v1";
/** How many statements wait for somebody's lock. */
async function waiting(): Promise<number> {
  const { rows } = await server.database.pool.query(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].n;
}

it("an owner adds an administrator to a group while an administrator changes that owner", async () => {
  const made = await server.call("POST", `${api}/groups`, { as: boss, body: { name: "Both at once" } });
  const { id: group } = made.body as { id: number };
  const put = (member: TestPerson, as: TestPerson, body: object = {}) =>
    server.call("PUT", `${api}/groups/${group}/members/${member.id}`, { as, body });
  expect((await put(ada, boss, { role: "owner" })).status).toBe(200);
  const browser = await server.signIn("boss");
  const holder = await server.database.pool.connect();
  try {
    await holder.query("begin");
    await holder.query("select from groups where id = $1 for update", [group]);
    // It holds its owner's account, and is to refer to the second administrator's.
    const added = put(second, ada);
    await expect.poll(waiting).toBe(1);
    // It holds the administrators' accounts, and waits for the owner's.
    const changed = server.call("PATCH", `${api}/people/${ada.id}`, { as: browser, body: { active: false } });
    await expect.poll(waiting).toBe(2);
    await holder.query("commit");
    expect([await added, await changed]).toMatchObject([{ status: 200 }, { status: 200 }]);
  } finally {
    holder.release(true);
  }
});
