import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../config/schema.ts";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";
import { codeOf, enrol, typeCode, typePassword } from "./testing-codes.ts";

const requiring = (secondFactor: Config["accounts"]["secondFactor"]) => ({
  accounts: { secondFactor, unverified: "full" as const, deletionGraceDays: 14 },
});
const at = "/api/stoa/v1/account/second-factor";

let before: AccountsServer;
let everyone: AccountsServer;
let admins: AccountsServer;
beforeAll(async () => {
  before = await createAccountsServer();
  const { database } = before;
  everyone = await createAccountsServer({ database, config: requiring("everyone") });
  admins = await createAccountsServer({ database, config: requiring("admins") });
});
afterAll(async () => {
  for (const server of [admins, everyone, before]) await server.close();
});

/** What each of somebody's credentials may do on that server. */
const tryAll = (server: AccountsServer, all: readonly ({ bearer: string } | { uws: string })[]) =>
  Promise.all(all.map(async (as) => (await server.call("GET", "/users/", { as })).status));

describe("a second factor for everyone", () => {
  it("keeps who lacks it from everything but setting it up, tokens made before included", async () => {
    const { bearer } = await before.person("ada");
    const browser = await before.signIn("ada");
    const made = await before.call("POST", "/api/stoa/v1/account/tokens", {
      as: browser,
      body: { label: "ci", scopes: ["*"] },
    });
    const pat = (made.body as { token: string }).token;
    const uws = await before.call("POST", "/tokens/", { body: { username: "ada", password: PASSWORD } });
    const held = [{ bearer }, { bearer: pat }, { uws: (uws.body as { token: string }).token }];
    expect(await tryAll(before, held)).toEqual([200, 200, 200]);
    expect(await tryAll(everyone, held)).toEqual([403, 403, 403]);

    const here = await everyone.signIn("ada");
    expect((await everyone.call("GET", "/api/stoa/v1/auth/session", { as: here })).body).toMatchObject({
      limitation: "second-factor",
    });
    for (const [method, url, body] of [
      ["GET", "/api/stoa/v1/account/tokens", undefined],
      ["POST", "/api/stoa/v1/account/tokens", { label: "x", scopes: ["*"] }],
      ["PATCH", "/api/stoa/v1/account", { full_name: "Somebody" }],
      ["POST", "/api/stoa/v1/account/exports", undefined],
      ["POST", "/api/stoa/v1/account/deletion", { current_password: PASSWORD }],
      ["GET", "/users/", undefined],
    ] as const) {
      const answer = await everyone.call(method, url, { as: here, ...(body === undefined ? {} : { body }) });
      expect(answer.status, `${method} ${url}`).toBe(403);
    }
    const refused = await everyone.call("GET", "/api/stoa/v1/account/tokens", { as: here, locale: "fa" });
    expect(refused.body).toMatchObject({
      code: "second_factor_required",
      detail: expect.stringContaining("دومرحله‌ای"),
    });

    const { secret, browser: enrolled } = await enrol(everyone, "ada");
    expect((await everyone.call("GET", "/users/", { as: enrolled })).status, "at once").toBe(200);
    expect(await tryAll(everyone, [{ bearer: pat }]), "and so may the token").toEqual([200]);
    expect((await typeCode(everyone, await typePassword(everyone, "ada"), codeOf(secret))).status).toBe(200);
  });

  it("is asked for again of who disables it", async () => {
    await before.person("bea");
    const { browser, recoveryCodes } = await enrol(everyone, "bea");
    const body = { current_password: PASSWORD, code: recoveryCodes[0] };
    expect((await everyone.call("POST", `${at}/disable`, { as: browser, body })).status).toBe(204);
    expect((await everyone.call("GET", "/users/", { as: browser })).status).toBe(403);
    expect((await everyone.call("GET", at, { as: browser })).body).toMatchObject({ enabled: false, required: true });
  });
});

describe("a second factor for administrators", () => {
  it("is asked of them only, and of who becomes one", async () => {
    const cyn = await before.person("cyn");
    const boss = await before.admin("boss");
    expect((await admins.call("GET", "/api/stoa/v1/people", { as: boss })).status).toBe(403);
    expect((await admins.call("GET", "/users/", { as: cyn })).status).toBe(200);
    await enrol(admins, "boss");
    const other = await before.admin("boss2");
    await before.call("PATCH", `/api/stoa/v1/people/${cyn.id}`, { as: other, body: { is_admin: true } });
    expect((await admins.call("GET", "/users/", { as: { bearer: await before.token("cyn") } })).status).toBe(403);
  });
});
