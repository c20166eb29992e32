import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type AccountsServer,
  type Browser,
  createAccountsServer,
  type TestPerson,
} from "../../testing/accounts-server.ts";

let server: AccountsServer;
let ada: TestPerson;
let browser: Browser;
beforeAll(async () => {
  server = await createAccountsServer();
  ada = await server.person("ada");
  browser = await server.signIn("ada");
});
afterAll(() => server.close());

const BASE = "/api/stoa/v1/account/tokens";
type Made = { key_id: string; token: string; status: string; expiry_at: string; hard_expiry_at: string };
const create = (
  body: object,
  as: AccountsServer extends never ? never : Parameters<AccountsServer["call"]>[2] = { as: browser },
) => server.call("POST", BASE, { ...as, body });
async function made(body: object = { label: "script", scopes: ["*"] }): Promise<Made> {
  const answer = await create(body);
  expect(answer.status).toBe(201);
  return answer.body as Made;
}
const me = async (bearer: string, on = server) =>
  (await on.call("GET", "/api/stoa/v1/account", { as: { bearer } })).status;
const list = async (as: Browser | TestPerson = browser) =>
  ((await server.call("GET", BASE, { as })).body as { items: Made[] }).items;
const sql = (text: string, values: unknown[] = []) => server.database.pool.query(text, values);

describe("a personal access token", () => {
  it("has all of contract 5's fields, a four-word id, and its secret once", async () => {
    const token = await made({ label: " CI ", scopes: ["account:read", "pat"], expiry: "2099-01-01" }).catch(
      () => null,
    );
    expect(token).toBeNull();
    const good = await made({ label: " CI ", scopes: ["account:read", "pat", "pat"] });
    expect(good).toEqual({
      key_id: expect.stringMatching(/^[a-z]+(-[a-z]+){3}$/),
      token: expect.stringMatching(/^zpat_[0-9A-Za-z]{49}$/),
      label: "CI",
      status: "active",
      scopes: ["account:read", "pat"],
      created_at: expect.stringMatching(/Z$/),
      expiry_at: expect.stringMatching(/Z$/),
      hard_expiry_at: expect.stringMatching(/Z$/),
      last_used_at: null,
      last_ip: null,
      last_ua: null,
      usage_count: 0,
      token_ver: 1,
    });
    const { token: _secret, ...rest } = good;
    expect(await list()).toContainEqual(rest);
    const { rows } = await sql("select * from personal_tokens");
    expect(JSON.stringify(rows)).not.toContain(good.token);
  });

  it("opens what its scopes say, and no more", async () => {
    const { token } = await made({ label: "reader", scopes: ["account:read"] });
    expect(await me(token)).toBe(200);
    expect(await server.call("PATCH", "/api/stoa/v1/account", { as: { bearer: token }, body: {} })).toMatchObject({
      status: 403,
      body: { code: "forbidden" },
    });
    const none = await made({ label: "nothing" });
    expect(await me(none.token)).toBe(403);
    const all = await made({ label: "all", scopes: ["*"] });
    expect((await server.call("GET", "/api/stoa/v1/people", { as: { bearer: all.token } })).status).toBe(403);
  });

  it.each([
    [{ label: "x", scopes: ["people:read"] }, 403, "people:read"],
    [{ label: "x", scopes: ["*", "storage", "metrics:read"] }, 403, "storage, metrics:read"],
    [{ label: "x", scopes: ["everything"] }, 400, "scopes"],
    [{ label: "x", scopes: "pat" }, 400, "scopes"],
    [{ label: "  ", scopes: [] }, 422, "label"],
    [{ label: "x".repeat(101), scopes: [] }, 422, "label"],
    [{ label: "a\nb", scopes: [] }, 422, "label"],
    [{ scopes: [] }, 400, "label"],
    [{ label: "x", expiry: "yesterday" }, 400, "expiry"],
    [{ label: "x", expiry: "2001-01-01" }, 400, "expiry"],
  ])("is refused for %j with %i", async (body, status, says) => {
    const answer = await create(body);
    expect(answer.status).toBe(status);
    expect((answer.body as { detail: string }).detail).toContain(says);
  });

  it("is made and revoked by somebody signed in, never by a token", async () => {
    const { token, key_id } = await made();
    const as = { as: { bearer: token } };
    expect(
      await server.call("POST", BASE, { ...as, body: { label: "child", scopes: ["*"] }, locale: "fa" }),
    ).toMatchObject({
      status: 403,
      body: { detail: "با توکن دسترسی شخصی نمی‌توان توکن‌ها را مدیریت کرد. وارد شوید" },
    });
    expect((await server.call("DELETE", `${BASE}/${key_id}`, as)).status).toBe(403);
    expect((await server.call("PATCH", `${BASE}/${key_id}`, { ...as, body: {} })).status).toBe(403);
    expect((await create({ label: "by jwt", scopes: [] }, { as: ada })).status).toBe(201);
  });

  it("ends when it is revoked: here at once, on another process within a second; streams too", async () => {
    const second = await createAccountsServer({ database: server.database });
    const { token, key_id } = await made();
    expect([await me(token), await me(token, second)]).toEqual([200, 200]);
    const principal = await second.accounts.authenticator.bearer(token);
    const closed = vi.fn();
    if (principal) second.platform.revocations.watch(principal, closed);
    expect((await server.call("DELETE", `${BASE}/${key_id}`, { as: browser })).status).toBe(204);
    expect(await me(token)).toBe(401);
    await vi.waitFor(() => expect(closed).toHaveBeenCalledWith("revoked"), { timeout: 1_000 });
    expect(await me(token, second)).toBe(401);
    expect((await server.call("DELETE", `${BASE}/${key_id}`, { as: browser })).status).toBe(204);
    expect((await list()).find((one) => one.key_id === key_id)).toMatchObject({ status: "revoked" });
    expect((await server.call("PATCH", `${BASE}/${key_id}`, { as: browser, body: {} })).status).toBe(404);
    await second.close();
  });

  it("stops at its soft expiry, and can be renewed until the hard one", async () => {
    const { token, key_id } = await made({ label: "old", scopes: ["account:read"] });
    await sql("update personal_tokens set expiry_at = now() - interval '1 second' where key_id = $1", [key_id]);
    expect(await me(token)).toBe(401);
    expect((await list()).find((one) => one.key_id === key_id)).toMatchObject({ status: "expired" });
    const renew = (body: object) => server.call("PATCH", `${BASE}/${key_id}`, { as: browser, body });
    expect(await renew({})).toMatchObject({ status: 200, body: { status: "active", token_ver: 2 } });
    expect(await me(token)).toBe(200);
    const hard = (await list()).find((one) => one.key_id === key_id)?.hard_expiry_at ?? "";
    expect((await renew({ expiry: new Date(Date.parse(hard) + 1000).toISOString() })).status).toBe(400);
    await sql(
      "update personal_tokens set expiry_at = now() - interval '2 s', hard_expiry_at = now() - interval '1 s' where key_id = $1",
      [key_id],
    );
    expect((await renew({})).status).toBe(400);
  });

  it("of somebody else is as absent as one that never was", async () => {
    const eve = await server.person("eve");
    const { key_id, token } = await made();
    for (const id of [key_id, "no-such-token-here", "../..", "%00"]) {
      const url = `${BASE}/${encodeURIComponent(id)}`;
      expect((await server.call("DELETE", url, { as: eve })).status).toBe(404);
    }
    expect((await server.call("PATCH", `${BASE}/${key_id}`, { as: eve, body: {} })).status).toBe(404);
    expect(await list(eve)).toEqual([]);
    expect(await me(token)).toBe(200);
  });

  it.each([
    ["one letter changed", (token: string) => `${token.slice(0, -1)}${token.endsWith("a") ? "b" : "a"}`],
    ["the prefix of another kind", (token: string) => token.replace("zpat_", "zuws_")],
    ["more behind it", (token: string) => `${token}x`],
  ])("with %s opens nothing", async (_what, change) => {
    const { token } = await made();
    expect(await me(change(token))).toBe(401);
  });

  it("remembers its last use: when, where, by what, how often", async () => {
    const { token, key_id } = await made();
    for (let n = 0; n < 3; n++) {
      const as = { bearer: token };
      await server.call("GET", "/api/me", { as, address: "10.1.2.3", headers: { "user-agent": `curl/${n}\u007f` } });
    }
    await vi.waitFor(
      async () => {
        const found = (await list()).find((one) => one.key_id === key_id);
        expect(found).toMatchObject({ usage_count: 3, last_ip: "10.1.2.3", last_used_at: expect.stringMatching(/Z$/) });
        expect((found as unknown as { last_ua: string }).last_ua).toContain("curl/2");
      },
      { timeout: 3_000 },
    );
  });

  it("is one of a hundred at most", async () => {
    await sql(
      `insert into personal_tokens (key_id, account_id, secret_hash, label, scopes, expiry_at, hard_expiry_at)
       select 'many-' || n, $1, sha256(n::text::bytea), 'x', '{}', now() + interval '1 d', now() + interval '1 d'
       from generate_series(1, 100) n`,
      [ada.id],
    );
    expect(await create({ label: "one more", scopes: [] })).toMatchObject({ status: 409 });
    await sql("delete from personal_tokens where key_id like 'many-%'");
  });

  it("leaves an audit entry and an event for each change", async () => {
    const { key_id } = await made();
    await server.call("PATCH", `${BASE}/${key_id}`, { as: browser, body: {} });
    await server.call("DELETE", `${BASE}/${key_id}`, { as: browser });
    const entries = await sql("select action, actor_label from audit_entries where subject_id = $1 order by id", [
      key_id,
    ]);
    expect(entries.rows.map((row: { action: string }) => row.action)).toEqual([
      "token.create",
      "token.renew",
      "token.revoke",
    ]);
    const events = await sql("select 1 from events where type = 'account.token' and subject_id = $1", [key_id]);
    expect(events.rowCount).toBe(3);
  });
});
