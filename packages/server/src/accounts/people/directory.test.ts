import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../config/schema.ts";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../../testing/accounts-server.ts";
import { testConfig } from "../../testing/test-platform.ts";
import { splitName } from "./people-queries.ts";

type Directory = Config["people"]["directory"];

let server: AccountsServer;
let ada: TestPerson;
beforeAll(async () => {
  server = await createAccountsServer();
  await server.accounts.ensureFirstAdmin();
  ada = await server.person("ada");
  await server.person("grace");
  await server.person("gone");
  const set = (username: string, changes: string) =>
    server.database.pool.query(`update accounts set ${changes} where username = $1`, [username]);
  await set("grace", "full_name = 'Grace Brewster Hopper'");
  await set("gone", "status = 'deactivated'");
});
afterAll(() => server.close());

async function search(text?: string) {
  const query = text === undefined ? "" : `?search=${encodeURIComponent(text)}`;
  const { body } = await server.call("GET", `/users/${query}`, { as: ada });
  return body as { message: string; success: boolean; data: { users: { username: string }[] } };
}

describe("GET /users/", () => {
  it("names others, without the caller, `admin` and who is gone", async () => {
    expect(await search()).toEqual({
      message: "Successful.",
      success: true,
      data: {
        users: [
          {
            id: expect.any(Number),
            first_name: "Grace",
            last_name: "Brewster Hopper",
            username: "grace",
            email: "grace@example.org",
          },
        ],
      },
    });
  });

  it.each(["grace brew", "HOPPER", "GRACE@example"])("finds %s", async (text) => {
    expect((await search(text)).data.users.map((user) => user.username)).toEqual(["grace"]);
  });

  it.each(["nobody", "admin", "ada", "gone", "%", "_", "\\", "\u0000zzz"])(
    "says that %j is not there",
    async (text) => {
      expect(await search(text)).toEqual({
        message: "Users matching given parameters could not be found.",
        success: true,
        data: { users: [] },
      });
    },
  );

  it("is for who is signed in", async () => {
    expect(await server.call("GET", "/users/")).toMatchObject({
      status: 401,
      body: { success: false, message: "Invalid auth header format." },
    });
  });
});

describe("what of the directory one sees", () => {
  let small: AccountsServer;
  let boss: TestPerson;
  const seen = async (as: TestPerson, text = "") =>
    (
      (await small.call("GET", `/users/?search=${encodeURIComponent(text)}`, { as })).body as {
        data: { users: { username: string }[] };
      }
    ).data.users.map((user) => user.username);
  const set = (directory: Directory) => {
    // The server reads it at each request: one server for all three.
    Object.assign(small.platform.config.people, { directory });
  };
  beforeAll(async () => {
    const { people } = testConfig();
    small = await createAccountsServer({ config: { people: { ...people } } });
    boss = await small.admin("boss");
    for (const name of ["ann", "ben", "cat", "dan"]) persons.set(name, await small.person(name));
    const group = (await small.call("POST", "/api/stoa/v1/groups", { as: boss, body: { name: "g" } })).body;
    for (const name of ["ann", "ben", "dan"]) {
      const url = `/api/stoa/v1/groups/${(group as { id: number }).id}/members/${person(name).id}`;
      await small.call("PUT", url, { as: boss, body: {} });
    }
    await small.database.pool.query("update accounts set directory_visible = false where username = 'dan'");
  });
  afterAll(() => small.close());
  const persons = new Map<string, TestPerson>();
  const person = (name: string) => persons.get(name) as TestPerson;

  it.each<[Directory, string, string[]]>([
    ["everyone", "ann", ["ben", "boss", "cat"]],
    ["everyone", "cat", ["ann", "ben", "boss"]],
    ["same-groups", "ann", ["ben", "boss"]],
    ["same-groups", "cat", []],
    ["nobody", "ann", []],
  ])("with %s: %s finds %j, never who wants not to be found", async (directory, name, found) => {
    set(directory);
    expect((await seen(person(name))).sort()).toEqual(found);
    expect(await seen(person(name), "dan")).toEqual([]);
  });

  it("is all of it for administrators", async () => {
    set("nobody");
    expect((await seen(boss)).sort()).toEqual(["ann", "ben", "cat", "dan"]);
  });

  it("is no more by being in api_clients together: that is for services", async () => {
    set("same-groups");
    const { rows } = await small.database.pool.query("select id from groups where built_in");
    const insert = "insert into group_members (group_id, account_id) values ($1, $2), ($1, $3)";
    await small.database.pool.query(insert, [(rows[0] as { id: number }).id, person("ann").id, person("cat").id]);
    expect(await seen(person("cat"))).toEqual([]);
  });

  it("is searched in any case and script, by the name as it is shown, and in no more than 200 at once", async () => {
    set("everyone");
    await small.database.pool.query("update accounts set full_name = 'ÉMILIE   du  Châtelet' where username = 'ben'");
    for (const text of ["émilie du châ", "  DU   CHÂTELET ", "milie"])
      expect(await seen(person("ann"), text)).toEqual(["ben"]);
    expect(await seen(person("ann"), "x".repeat(5_000))).toEqual([]);
    await small.database.pool.query(
      `insert into accounts (username, username_key, email, full_name)
       select 'n' || i, 'n' || i, 'n' || i || '@many.org', 'Many ' || i from generate_series(1, 250) i`,
    );
    expect(await seen(person("ann"), "many.org")).toHaveLength(200);
  });

  it("is limited in rate for each person", async () => {
    const began = Date.now();
    const asked = Array.from({ length: 180 }, () => small.call("GET", "/users/", { as: person("dan") }));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(
      // Two more in each second.
      121 + (2 * (Date.now() - began)) / 1_000,
    );
    expect(answers.at(-1)?.status === 429 || answers.some(({ status }) => status === 429)).toBe(true);
    expect((await small.call("GET", "/users/", { as: person("cat") })).status).toBe(200);
  });
});

describe("first and last name", () => {
  it.each([
    ["Ada", "Ada", ""],
    ["  Ada  King  Lovelace ", "Ada", "King Lovelace"],
    ["", "", ""],
  ])("of %j", (full, first_name, last_name) => {
    expect(splitName(full)).toEqual({ first_name, last_name });
  });
});
