import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
  await server.person("ada");
});
afterAll(() => server.close());

const session = (as?: { cookie: string; csrf: string }) =>
  server.call("GET", "/api/stoa/v1/auth/session", as ? { as } : {});
const signIn = (body: object, headers = {}) => server.call("POST", "/api/stoa/v1/auth/sign-in", { body, headers });
const sql = (text: string) => server.database.pool.query(text);

describe("the portal's session", () => {
  it("is nobody's before sign-in", async () => {
    expect((await session()).body).toEqual({
      account: null,
      acted_as_by: [],
      acting: null,
      can_return: false,
      display: null,
      csrf_token: "",
      limitation: null,
      ran_out: false,
      registration: "open",
      default_locale: "en",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      features: {
        mail: false,
        find_everyone: true,
        find_nobody: false,
        group_creation: false,
        session_looking: true,
        session_acting: false,
      },
      must_change_password: false,
    });
  });

  it("says whether people may make groups, as the settings do", async () => {
    const { people } = server.platform.config;
    const config = { people: { ...people, groupCreation: "everyone" as const } };
    const open = await createAccountsServer({ database: server.database, config });
    const { body } = await open.call("GET", "/api/stoa/v1/auth/session", { as: await open.signIn("ada") });
    expect(body).toMatchObject({ features: { group_creation: true } });
    const made = await open.call("POST", "/api/stoa/v1/groups", {
      as: await open.signIn("ada"),
      body: { name: "ours" },
    });
    expect(made.status).toBe(201);
    await open.close();
  });

  it("is a cookie that no script reads, and a digest in the database", async () => {
    const answer = await signIn({ username: "ada", password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ account: { username: "ada", is_admin: false }, must_change_password: false });
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/^stoa_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7776000$/);
    const { rows } = await sql("select * from web_sessions");
    expect(JSON.stringify(rows)).not.toContain(cookie.slice(13, 56));
  });

  it("has a __Host- name and is Secure where there is TLS", async () => {
    const config = { publicUrl: "https://stoa.example.org" };
    const tls = await createAccountsServer({ config: { ...config, registration: { mode: "open", domains: [] } } });
    const headers = { host: "stoa.example.org" };
    const identity = { username: "ada", email: "a@example.org", full_name: "Ada", password: PASSWORD };
    await tls.call("POST", "/api/register", { headers, body: identity });
    const body = { username: "ada", password: PASSWORD };
    const answer = await tls.call("POST", "/api/stoa/v1/auth/sign-in", { headers, body });
    expect(String(answer.headers["set-cookie"])).toMatch(
      /^__Host-stoa_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; .*Secure$/,
    );
    await tls.close();
  });

  it("is a new one at each sign-in, whatever cookie came (fixation), and the old one ends", async () => {
    const first = await server.signIn("ada");
    const chosen = "A".repeat(43);
    const answer = await signIn({ username: "ada", password: PASSWORD }, { cookie: `stoa_session=${chosen}` });
    expect(String(answer.headers["set-cookie"])).not.toContain(chosen);
    const again = await server.call("POST", "/api/stoa/v1/auth/sign-in", {
      as: first,
      body: { username: "ada", password: PASSWORD },
    });
    expect(again.status).toBe(200);
    expect((await session(first)).body).toMatchObject({ account: null });
  });

  it("ends at sign-out, at once, and the cookie is taken back", async () => {
    const browser = await server.signIn("ada");
    expect((await session(browser)).body).toMatchObject({ account: { username: "ada" }, csrf_token: browser.csrf });
    const out = await server.call("POST", "/api/stoa/v1/auth/sign-out", { as: browser });
    expect(out.status).toBe(204);
    expect(String(out.headers["set-cookie"])).toMatch(/^stoa_session=; .*Max-Age=0$/);
    expect((await session(browser)).body).toMatchObject({ account: null, csrf_token: "" });
    expect((await server.call("GET", "/api/stoa/v1/account", { as: browser })).status).toBe(401);
  });

  it.each([
    ["idle for 14 days", "idle_expires_at"],
    ["30 days old", "absolute_expires_at"],
  ])("ends when it is %s", async (_what, column) => {
    const browser = await server.signIn("ada");
    await sql(`update web_sessions set ${column} = now() - interval '1 second'`);
    expect((await server.call("GET", "/api/stoa/v1/account", { as: browser })).status).toBe(401);
    expect((await session(browser)).body).toMatchObject({ account: null, ran_out: true });
    // Whoever signs in elsewhere meanwhile changes nothing of that.
    await server.signIn("ada");
    expect((await session(browser)).body).toMatchObject({ account: null, ran_out: true });
    await sql("delete from web_sessions");
  });

  it("says that it ran out only where nobody ended it", async () => {
    const [ended, left] = [await server.signIn("ada"), await server.signIn("ada")];
    expect((await session(ended)).body).toMatchObject({ ran_out: false });
    await server.call("POST", "/api/stoa/v1/account/sign-ins/revoke-others", { as: left, body: {} });
    expect((await session(ended)).body).toMatchObject({ account: null, ran_out: false });
    await sql("update web_sessions set idle_expires_at = now() - interval '1 second'");
    await sql("update accounts set status = 'deactivated' where username = 'ada'");
    expect((await session(left)).body).toMatchObject({ account: null, ran_out: false });
    await sql("update accounts set status = 'active' where username = 'ada'");
  });

  it("slides while it is used, with where and by what", async () => {
    const browser = await server.signIn("ada");
    await sql("update web_sessions set idle_expires_at = now() + interval '1 hour'");
    await server.call("GET", "/api/stoa/v1/account", {
      as: browser,
      address: "10.9.8.7",
      headers: { "user-agent": "Browser/1" },
    });
    await server.accounts.stop();
    const { rows } = await sql("select *, idle_expires_at > now() + interval '13 days' as slid from web_sessions");
    expect(rows).toContainEqual(expect.objectContaining({ slid: true, last_ip: "10.9.8.7", last_ua: "Browser/1" }));
  });

  it("is not begun by another site's page", async () => {
    const body = { username: "ada", password: PASSWORD };
    for (const headers of [{ origin: "http://s-1.localhost:8080" }, { "sec-fetch-site": "cross-site" }]) {
      expect((await signIn(body, headers)).status).toBe(403);
    }
    expect((await signIn(body, { origin: "http://localhost:8080", "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  it("writes nothing without the token of its own pages", async () => {
    const browser = await server.signIn("ada");
    const patch = (csrf: string) =>
      server.call("PATCH", "/api/stoa/v1/account", { as: { ...browser, csrf }, body: { full_name: "Ada L" } });
    expect((await patch("")).status).toBe(403);
    expect((await patch((await server.signIn("ada")).csrf)).status).toBe(403);
    expect((await patch(browser.csrf)).status).toBe(200);
  });

  it.each([
    ["wrong", 401, "نام کاربری یا رمز عبور اشتباه است"],
    ["", 401, "نام کاربری یا رمز عبور اشتباه است"],
  ])("is refused in the visitor's language: %j", async (password, status, detail) => {
    const body = { username: "ada", password };
    const answer = await server.call("POST", "/api/stoa/v1/auth/sign-in", { body, locale: "fa", address: "10.0.0.9" });
    expect(answer).toMatchObject({ status, body: { detail, details: { reason: "wrong_password" } } });
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

describe("many sessions of one person", () => {
  it("end with the oldest beyond fifty that have not run out", async () => {
    await sql("delete from web_sessions");
    const first = await server.signIn("ada");
    await server.signIn("ada");
    await sql(`update web_sessions set idle_expires_at = now() - interval '1 second'
      where id = (select id from web_sessions order by created_at desc limit 1)`);
    await sql("update web_sessions set created_at = now() - interval '1 minute'");
    await sql(`insert into web_sessions (id, account_id, secret_hash, idle_expires_at, absolute_expires_at)
      select 'other-' || n, account_id, sha256(n::text::bytea), idle_expires_at, absolute_expires_at
      from web_sessions, generate_series(1, 48) n where idle_expires_at > now()`);
    await server.signIn("ada");
    expect((await session(first)).body).toMatchObject({ account: { username: "ada" } });
    await server.signIn("ada");
    expect((await sql("select 1 from web_sessions where idle_expires_at > now()")).rowCount).toBe(50);
    expect((await session(first)).body).toMatchObject({ account: null });
  });
});
