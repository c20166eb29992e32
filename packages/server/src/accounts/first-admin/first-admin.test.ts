import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSecretBox } from "../../platform/secrets/secret-box.ts";
import { type AccountsServer, createAccountsServer } from "../../testing/accounts-server.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import { createTestOperations } from "../../workspaces/testing-operations.ts";
import { createAccounts } from "../accounts.ts";

let server: AccountsServer;
beforeEach(async () => {
  server = await createAccountsServer();
});
afterEach(() => server.close());

const admins = async () => (await server.database.pool.query("select * from accounts where is_admin")).rows;
const token = (password: string) => server.call("POST", "/api/token", { form: { username: "admin", password } });

describe("the first admin", () => {
  it("gets a password that is printed again at each start until it was used, and must then be changed", async () => {
    const first = await server.accounts.ensureFirstAdmin();
    expect(first).toEqual({
      username: "admin",
      oneTimePassword: expect.stringMatching(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/),
    });
    const password = first.oneTimePassword ?? "";
    expect(await server.accounts.ensureFirstAdmin()).toEqual(first);
    expect(JSON.stringify(await admins())).not.toContain(password);

    const browser = await server.signIn("admin", password);
    expect(await server.accounts.ensureFirstAdmin()).toEqual({ username: "admin", oneTimePassword: null });
    const session = await server.call("GET", "/api/stoa/v1/auth/session", { as: browser });
    expect(session.body).toMatchObject({ account: { is_admin: true }, must_change_password: true });
    expect(await server.call("GET", "/api/stoa/v1/people", { as: browser })).toMatchObject({
      status: 403,
      body: { code: "password_change_required" },
    });
    expect((await server.call("GET", "/api/me", { as: browser })).status).toBe(200);

    const body = { current_password: password, new_password: "one of my own" };
    const changed = await server.call("POST", "/api/stoa/v1/auth/password", { as: browser, body });
    expect(changed).toMatchObject({ status: 200, body: { must_change_password: false } });
    expect((await server.call("GET", "/api/stoa/v1/people", { as: browser })).status).toBe(200);
    expect((await token(password)).status).toBe(401);
    expect(await server.accounts.ensureFirstAdmin()).toEqual({ username: "admin", oneTimePassword: null });
  });

  it("is made once by several processes that start together", async () => {
    const other = await createAccountsServer({ database: server.database });
    const starts = [server, other, server, other].map((one) => one.accounts.ensureFirstAdmin());
    const made = await Promise.all(starts);
    expect(new Set(made.map((one) => one.oneTimePassword)).size).toBe(1);
    expect(await admins()).toHaveLength(1);
    await other.close();
  });

  it("has the configured password, which need not be changed and is not printed", async () => {
    const configured = await createAccountsServer({
      config: { adminPassword: "configured one" },
      database: server.database,
    });
    expect(await configured.accounts.ensureFirstAdmin()).toEqual({ username: "admin", oneTimePassword: null });
    expect(await admins()).toMatchObject([{ must_change_password: false, email: "admin@localhost" }]);
    expect((await token("configured one")).status).toBe(200);
    const later = await createAccountsServer({ config: { adminPassword: "another one" }, database: server.database });
    expect(await later.accounts.ensureFirstAdmin()).toEqual({ username: "admin", oneTimePassword: null });
    expect((await token("configured one")).status).toBe(200);
    expect((await token("another one")).status).toBe(401);
    await Promise.all([configured.close(), later.close()]);
  });

  it("takes a password configured before the printed one was used", async () => {
    const { oneTimePassword } = await server.accounts.ensureFirstAdmin();
    const configured = await createAccountsServer({
      config: { adminPassword: "configured one" },
      database: server.database,
    });
    expect(await configured.accounts.ensureFirstAdmin()).toEqual({ username: "admin", oneTimePassword: null });
    expect((await token(oneTimePassword ?? "")).status).toBe(401);
    expect((await token("configured one")).status).toBe(200);
    await configured.close();
  });

  it("gets another one-time password when the secret key that sealed it is gone", async () => {
    const { oneTimePassword } = await server.accounts.ensureFirstAdmin();
    const secrets = createSecretBox("another secret key of the tests, long enough");
    const { db, events, audit } = server.platform;
    const other = createAccounts(
      createTestPlatform({ db, events, audit, secrets, operations: createTestOperations(db) }),
    );
    const again = await other.ensureFirstAdmin();
    expect(again.oneTimePassword).not.toBe(oneTimePassword);
    expect((await token(again.oneTimePassword ?? "")).status).toBe(200);
    await other.stop();
  });

  it("is not made where there is an administrator, and takes nobody's name", async () => {
    await server.admin("boss");
    expect(await server.accounts.ensureFirstAdmin()).toEqual({ username: "boss", oneTimePassword: null });
    await server.database.pool.query(
      "update accounts set is_admin = false, username = 'admin', username_key = 'admin'",
    );
    expect(await server.accounts.ensureFirstAdmin()).toMatchObject({ username: "admin-2" });
  });
});
