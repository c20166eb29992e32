import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../../testing/accounts-server.ts";
import { splitName } from "./people-queries.ts";

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

describe("first and last name", () => {
  it.each([
    ["Ada", "Ada", ""],
    ["  Ada  King  Lovelace ", "Ada", "King Lovelace"],
    ["", "", ""],
  ])("of %j", (full, first_name, last_name) => {
    expect(splitName(full)).toEqual({ first_name, last_name });
  });
});
