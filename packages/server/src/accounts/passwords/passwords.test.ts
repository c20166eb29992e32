import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Mail } from "../../platform/mail/contract.ts";
import {
  type AccountsServer,
  type CallOptions,
  createAccountsServer,
  PASSWORD,
} from "../../testing/accounts-server.ts";

const mails: Mail[] = [];
let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer({
    mail: { delivers: true, send: async (_trx, mail) => void mails.push(mail) },
  });
});
afterAll(() => server.close());

const NEXT = "another battery staple";
let n = 0;
let username: string;
beforeEach(() => {
  username = `ada-${++n}`;
});

const change = (as: CallOptions["as"], current: string, next: string, locale: "en" | "fa" = "en") => {
  const body = { current_password: current, new_password: next };
  return server.call("POST", "/api/stoa/v1/auth/password", { ...(as ? { as } : {}), body, locale });
};
const signsIn = async (password: string) =>
  (await server.call("POST", "/api/token", { form: { username, password }, address: `10.0.${n}.1` })).status;
const works = async (as: CallOptions["as"]) => (await server.call("GET", "/users/", as ? { as } : {})).status === 200;
async function everything() {
  const person = await server.person(username);
  const [browser, other] = [await server.signIn(username), await server.signIn(username)];
  const body = { label: "x", scopes: ["*"] };
  const pat = await server.call("POST", "/api/stoa/v1/account/tokens", { as: browser, body });
  const uws = await server.call("POST", "/tokens/", { body: { username, password: PASSWORD } });
  return {
    person,
    browser,
    other,
    pat: { bearer: (pat.body as { token: string }).token },
    uws: { uws: (uws.body as { token: string }).token },
  };
}

describe("POST /auth/password", () => {
  it("changes it and ends all that the old one opened, but this session and personal tokens", async () => {
    const { person, browser, other, pat, uws } = await everything();
    const answer = await change(browser, PASSWORD, NEXT);
    expect(answer).toMatchObject({ status: 200, body: { account: { username }, csrf_token: browser.csrf } });
    expect(await Promise.all([browser, pat, other, person, uws].map(works))).toEqual([true, true, false, false, false]);
    expect([await signsIn(PASSWORD), await signsIn(NEXT)]).toEqual([401, 200]);
    expect(mails.at(-1)).toMatchObject({ to: `${username}@example.org`, subject: "Your Stoa password was changed" });
  });

  it("ends an access token that asks for it, too", async () => {
    const person = await server.person(username);
    expect((await change(person, PASSWORD, NEXT)).status).toBe(200);
    expect(await works(person)).toBe(false);
  });

  it.each([
    ["wrong", NEXT, "wrong_current_password", "رمز عبور فعلی اشتباه است"],
    [PASSWORD, "short", "password_rule", "رمز عبور باید حداقل 8 کاراکتر باشد"],
    [PASSWORD, "x".repeat(300), "password_too_long", "رمز عبور باید حداکثر 256 کاراکتر باشد"],
    [PASSWORD, PASSWORD, "same_password", "رمز عبور جدید همان رمز فعلی است. رمز دیگری انتخاب کنید"],
  ])("refuses %s to %s", async (current, next, reason, detail) => {
    await server.person(username);
    const browser = await server.signIn(username);
    expect(await change(browser, current, next, "fa")).toMatchObject({
      status: 422,
      body: { detail, details: { reason } },
    });
    expect(await signsIn(PASSWORD)).toBe(200);
  });

  it("is not for tokens, nor for nobody", async () => {
    const { pat } = await everything();
    expect((await change(pat, PASSWORD, NEXT)).status).toBe(403);
    expect((await change(undefined, PASSWORD, NEXT)).status).toBe(401);
  });

  it("is no place to guess the password in", async () => {
    await server.person(username);
    const browser = await server.signIn(username);
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess++) statuses.push((await change(browser, `guess ${guess}`, NEXT)).status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(10);
    expect(statuses.at(-1)).toBe(429);
    const patch = { email: "new@example.org", current_password: PASSWORD };
    expect((await server.call("PATCH", "/api/stoa/v1/account", { as: browser, body: patch })).status).toBe(429);
  });
});

const request = (login: string) =>
  server.call("POST", "/api/stoa/v1/auth/reset/request", { body: { login }, address: `10.1.${n}.1` });
const complete = (token: string, new_password = NEXT, headers = {}) =>
  server.call("POST", "/api/stoa/v1/auth/reset/complete", {
    body: { token, new_password },
    address: `10.1.${n}.2`,
    headers,
  });
const tokenIn = (text: string) => /#token=([\w-]{43})$/m.exec(text)?.[1] ?? "";

describe("a reset by mail", () => {
  it("goes to the address of the account, and ends everything, personal tokens too", async () => {
    const held = await everything();
    expect((await request(` ${username.toUpperCase()}@Example.org `)).status).toBe(202);
    const mail = mails.at(-1);
    expect(mail).toMatchObject({ to: `${username}@example.org`, locale: "en" });
    expect(mail?.text).toContain("http://localhost:8080/portal/reset#token=");
    expect(await signsIn(PASSWORD)).toBe(200);
    expect((await complete(tokenIn(mail?.text ?? ""))).status).toBe(204);
    const all = [held.browser, held.other, held.person, held.pat, held.uws];
    expect(await Promise.all(all.map(works))).toEqual([false, false, false, false, false]);
    expect([await signsIn(PASSWORD), await signsIn(NEXT)]).toEqual([401, 200]);
    expect(await complete(tokenIn(mail?.text ?? ""), "yet another one")).toMatchObject({ status: 410 });
  });

  it("answers alike, and takes as long, where there is no such account", async () => {
    const sent = mails.length;
    const start = performance.now();
    expect(await request("nobody@example.org")).toMatchObject({ status: 202, body: null });
    expect(performance.now() - start).toBeGreaterThan(240);
    expect(mails).toHaveLength(sent);
  });

  it("is sent once in five minutes, so that nobody's mailbox is filled", async () => {
    await server.person(username);
    const sent = mails.length;
    await Promise.all([request(username)]);
    await request(username);
    await request(`${username}@example.org`);
    expect(mails).toHaveLength(sent + 1);
  });

  it("is used by one of two at once, and lives an hour", async () => {
    await server.person(username);
    await request(username);
    const token = tokenIn(mails.at(-1)?.text ?? "");
    expect((await complete(token, "short")).status).toBe(422);
    expect((await complete(token, NEXT, { origin: "https://evil.example" })).status).toBe(403);
    const both = await Promise.all([complete(token, "the first of them"), complete(token, "the second of them")]);
    expect(both.map((answer) => answer.status).sort()).toEqual([204, 410]);
    await server.database.pool.query("delete from account_links");
    await request(username);
    await server.database.pool.query("update account_links set expires_at = now() - interval '1 second'");
    expect((await complete(tokenIn(mails.at(-1)?.text ?? ""))).status).toBe(410);
  });

  it.each(["", "x", "A".repeat(43), "A".repeat(500)])("refuses the link %j", async (token) => {
    expect([400, 410]).toContain((await complete(token)).status);
  });
});

describe("a reset link of an administrator", () => {
  it("is shown once, replaces the one before, and works when no mail does", async () => {
    const silent = await createAccountsServer({ database: server.database });
    const boss = await server.admin(`boss-${n}`);
    const person = await server.person(username);
    await silent.call("POST", "/api/stoa/v1/auth/reset/request", { body: { login: username } });
    const make = () => silent.call("POST", `/api/stoa/v1/people/${person.id}/reset-link`, { as: boss });
    const [first, second] = [await make(), await make()];
    expect(second).toMatchObject({ status: 201, body: { expires_at: expect.stringMatching(/Z$/) } });
    const { url } = second.body as { url: string };
    expect((await complete(tokenIn((first.body as { url: string }).url))).status).toBe(410);
    const { rows } = await server.database.pool.query("select * from account_links where account_id = $1", [person.id]);
    expect(JSON.stringify(rows)).not.toContain(tokenIn(url));
    expect((await complete(tokenIn(url))).status).toBe(204);
    expect(await signsIn(NEXT)).toBe(200);
    await silent.close();
  });

  it("lives an hour, but seven days where nobody has signed in yet; and says whose it is while it is good", async () => {
    const boss = await server.admin(`boss-${n}`);
    const person = await server.person(username);
    const whose = (token: string) => server.call("POST", "/api/stoa/v1/auth/reset/whose", { body: { token } });
    const made = async () => {
      const link = await server.call("POST", `/api/stoa/v1/people/${person.id}/reset-link`, { as: boss });
      const { url, expires_at: until } = link.body as { url: string; expires_at: string };
      return { token: tokenIn(url), hours: Math.round((Date.parse(until) - Date.now()) / 3_600_000) };
    };
    expect(await made()).toMatchObject({ hours: 1 });
    await server.database.pool.query("update accounts set last_login_at = null where id = $1", [person.id]);
    const { token, hours } = await made();
    expect(hours).toBe(168);
    expect(await whose(token)).toMatchObject({ status: 200, body: { username, first: true } });
    expect((await complete(token)).status).toBe(204);
    expect(await signsIn(NEXT)).toBe(200);
    const later = await made();
    expect(await whose(later.token)).toMatchObject({ status: 200, body: { username, first: false } });
    const [used, none] = [await whose(token), await whose("A".repeat(43))];
    expect([used.status, none.status]).toEqual([410, 410]);
    expect(Object.keys(used.body as object)).toEqual(Object.keys(none.body as object));
    await server.call("PATCH", `/api/stoa/v1/people/${person.id}`, { as: boss, body: { active: false } });
    expect((await whose(later.token)).status).toBe(410);
  });

  it("is refused for a deactivated account and for none", async () => {
    const boss = await server.admin(`boss-${n}`);
    const person = await server.person(username);
    const link = await server.call("POST", `/api/stoa/v1/people/${person.id}/reset-link`, { as: boss });
    await server.call("PATCH", `/api/stoa/v1/people/${person.id}`, { as: boss, body: { active: false } });
    expect((await complete(tokenIn((link.body as { url: string }).url))).status).toBe(410);
    expect((await server.call("POST", `/api/stoa/v1/people/${person.id}/reset-link`, { as: boss })).status).toBe(409);
    expect((await server.call("POST", "/api/stoa/v1/people/999999/reset-link", { as: boss })).status).toBe(404);
  });
});
