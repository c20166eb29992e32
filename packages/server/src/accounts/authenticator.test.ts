import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer } from "../testing/accounts-server.ts";

const API_KEY = "a storage key of 16 or more";
const VERIFICATION = "a verification token";
let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer({ config: { apiKey: API_KEY, verificationToken: VERIFICATION } });
});
afterAll(() => server.close());

describe("a service's key", () => {
  it("is a principal without an account, with its own contract's scope only", async () => {
    expect(await server.accounts.authenticator.apiKey(API_KEY)).toEqual({
      accountId: null,
      label: "storage-service",
      isAdmin: false,
      scopes: new Set(["storage"]),
      credential: { kind: "api-key", id: "api-key", expiresAt: null },
      mustChangePassword: false,
    });
    const playground = await server.accounts.authenticator.verificationToken(VERIFICATION);
    expect(playground).toMatchObject({ accountId: null, scopes: new Set(["playground"]) });
  });

  it.each(["", "x", `${API_KEY}x`, API_KEY.slice(1), VERIFICATION])("is not %j", async (key) => {
    expect(await server.accounts.authenticator.apiKey(key)).toBeNull();
  });

  it("is none where none is configured", async () => {
    const without = await createAccountsServer({ database: server.database });
    for (const key of ["", "null", API_KEY]) {
      expect(await without.accounts.authenticator.apiKey(key)).toBeNull();
      expect(await without.accounts.authenticator.verificationToken(key)).toBeNull();
    }
    await without.close();
  });

  it("opens neither the portal's nor our own API", async () => {
    for (const url of ["/api/me", "/api/stoa/v1/account", "/users/"]) {
      const status = async (headers: Record<string, string>) => (await server.call("GET", url, { headers })).status;
      expect(await status({ "x-api-key": API_KEY })).toBeGreaterThanOrEqual(401);
      expect(await status({ authorization: `Bearer ${API_KEY}` })).toBe(401);
      expect(await status({ authorization: VERIFICATION })).toBe(401);
    }
  });
});

describe("two credentials", () => {
  it("are refused, whichever they are", async () => {
    const ada = await server.person("ada");
    const browser = await server.signIn("ada");
    for (const headers of [{ cookie: `stoa_session=${browser.cookie}` }, { "uws-authorization": "Token x" }]) {
      expect((await server.call("GET", "/api/me", { as: ada, headers: headers as never })).status).toBe(400);
    }
  });
});

describe("accounts, for other domains", () => {
  it("are found by id, alone and together", async () => {
    const eve = await server.person("eve");
    expect(await server.accounts.get(eve.id)).toMatchObject({
      id: eve.id,
      username: "eve",
      active: true,
      isAdmin: false,
    });
    expect(await server.accounts.get(999_999)).toBeNull();
    const found = await server.accounts.byIds([eve.id, eve.id, 999_999]);
    expect([...found.keys()]).toEqual([eve.id]);
    expect(JSON.stringify([...found.values()])).not.toContain("argon2");
    expect((await server.accounts.byIds([])).size).toBe(0);
  });
});
