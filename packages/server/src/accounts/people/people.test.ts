import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD, type TestPerson } from "../../testing/accounts-server.ts";

let server: AccountsServer;
let boss: TestPerson;
let ada: TestPerson;
beforeAll(async () => {
  server = await createAccountsServer();
  boss = await server.admin("boss");
  ada = await server.person("ada");
});
afterAll(() => server.close());

const BASE = "/api/stoa/v1/people";
const patch = (id: number, body: object, as = boss, locale: "en" | "fa" = "en") =>
  server.call("PATCH", `${BASE}/${id}`, { as, body, locale });
const items = (answer: { body: unknown }) => (answer.body as { items: { id: number; username: string }[] }).items;

describe("people", () => {
  it.each([
    ["GET", BASE],
    ["GET", `${BASE}/1`],
    ["PATCH", `${BASE}/1`],
    ["POST", `${BASE}/1/reset-link`],
  ] as const)("are for administrators: %s %s", async (method, url) => {
    const body = method === "GET" ? {} : { body: {} };
    expect((await server.call(method, url, body)).status).toBe(401);
    expect((await server.call(method, url, { as: ada, ...body })).status).toBe(403);
  });

  it("are listed in pages, and searched by user name, name and address", async () => {
    for (const name of ["p-one", "p-two", "p-three"]) await server.person(name);
    const first = await server.call("GET", `${BASE}?limit=2&cursor=`, { as: boss });
    expect(items(first).map((one) => one.username)).toEqual(["boss", "ada"]);
    const cursor = (first.body as { next_cursor: string }).next_cursor;
    const rest = await server.call("GET", `${BASE}?limit=200&cursor=${cursor}`, { as: boss });
    expect(items(rest).map((one) => one.username)).toEqual(["p-one", "p-two", "p-three"]);
    expect(rest.body).toMatchObject({ next_cursor: null });
    expect(items(rest)[0]).toEqual({
      last_seen: expect.stringMatching(/Z$/),
      glance: {},
      id: expect.any(Number),
      username: "p-one",
      email: "p-one@example.org",
      full_name: "p-one Test",
      organization: null,
      is_admin: false,
      locale: null,
      created_at: expect.stringMatching(/Z$/),
      last_login: expect.stringMatching(/Z$/),
      active: true,
      status: "active",
      email_verified: false,
      new_email: null,
      directory_visible: true,
      second_factor: false,
      deletion_due_at: null,
    });
    const search = async (text: string) =>
      items(await server.call("GET", `${BASE}?search=${encodeURIComponent(text)}`, { as: boss })).map(
        (o) => o.username,
      );
    expect(await search("P-TWO test")).toEqual(["p-two"]);
    expect(await search("p-three@EXAMPLE")).toEqual(["p-three"]);
    expect(await search("p_two")).toEqual([]);
    expect(await search("%")).toEqual([]);
    expect(await search("\\")).toEqual([]);
  });

  it.each([
    ["?cursor=nonsense", 400],
    ["?limit=0", 400],
    ["?limit=1000", 400],
    ["?limit=x", 400],
    ["/abc", 400],
    ["/0", 400],
    ["/-1", 400],
    ["/99999999999999999999", 400],
    ["/9007199254740991", 404],
  ])("%s answers %i", async (suffix, status) => {
    expect((await server.call("GET", `${BASE}${suffix}`, { as: boss })).status).toBe(status);
  });

  it("who are deactivated lose everything, within a second on every process, and for good", async () => {
    const second = await createAccountsServer({ database: server.database });
    const eve = await server.person("eve");
    const browser = await server.signIn("eve");
    const make = await server.call("POST", "/api/stoa/v1/account/tokens", {
      as: browser,
      body: { label: "x", scopes: ["*"] },
    });
    const { token } = make.body as { token: string };
    const uws = await server.call("POST", "/tokens/", { body: { username: "eve", password: PASSWORD } });
    const held = [eve, browser, { bearer: token }, { uws: (uws.body as { token: string }).token }];
    const works = async (on: AccountsServer) =>
      Promise.all(held.map(async (as) => (await on.call("GET", "/users/", { as })).status));
    expect(await works(second)).toEqual([200, 200, 200, 200]);
    const closed = vi.fn();
    const principal = await second.accounts.authenticator.bearer(token);
    if (principal) second.platform.revocations.watch(principal, closed);

    expect(await patch(eve.id, { active: false })).toMatchObject({ status: 200, body: { active: false } });
    expect(await works(server)).toEqual([401, 401, 401, 401]);
    await vi.waitFor(async () => expect(await works(second)).toEqual([401, 401, 401, 401]), { timeout: 1_000 });
    expect(closed).toHaveBeenCalledWith("revoked");

    expect(await patch(eve.id, { active: true })).toMatchObject({ status: 200, body: { active: true } });
    expect(await works(server)).toEqual([401, 401, 401, 401]);
    await server.signIn("eve");
    await second.close();
  });

  it("who can sign in are made by nobody's token: neither links nor administrators nor those put out before", async () => {
    const scopes = { label: "scripts", scopes: ["people:read", "people:write"] };
    const made = await server.call("POST", "/api/stoa/v1/account/tokens", { as: boss, body: scopes });
    const leaked = { ...boss, bearer: (made.body as { token: string }).token };
    const link = await server.call("POST", `${BASE}/${boss.id}/reset-link`, { as: leaked });
    expect(link).toMatchObject({ status: 403, body: { detail: expect.stringContaining("Sign in") } });
    expect(await patch(ada.id, { is_admin: true }, leaked)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("Sign in") },
    });
    expect(await patch(ada.id, { is_admin: true, active: true }, leaked, "fa")).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("وارد شوید") },
    });
    const { rows } = await server.database.pool.query("select is_admin from accounts where id = $1", [ada.id]);
    expect(rows).toEqual([{ is_admin: false }]);
    const out = await server.person("put-out");
    await patch(out.id, { active: false });
    for (const active of [true, false]) {
      expect(await patch(out.id, { active }, leaked)).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining("Sign in") },
      });
    }
    expect((await server.call("GET", `${BASE}/${out.id}`, { as: leaked })).body).toMatchObject({ active: false });
  });

  it("become administrators and stop being it, at once", async () => {
    const seesPeople = async () => (await server.call("GET", BASE, { as: ada })).status;
    expect(await seesPeople()).toBe(403);
    expect(await patch(ada.id, { is_admin: true })).toMatchObject({ status: 200, body: { is_admin: true } });
    expect(await seesPeople()).toBe(200);
    expect(await patch(ada.id, { is_admin: false })).toMatchObject({ status: 200, body: { is_admin: false } });
    expect(await seesPeople()).toBe(403);
  });

  it("keep the last active administrator", async () => {
    const english = "This is the last active administrator. Make someone else an administrator first";
    expect(await patch(boss.id, { active: false })).toMatchObject({ status: 409, body: { detail: english } });
    expect(await patch(boss.id, { is_admin: false }, boss, "fa")).toMatchObject({
      status: 409,
      body: { detail: "این آخرین مدیر فعال سیستم است. ابتدا شخص دیگری را مدیر کنید" },
    });
    await patch(ada.id, { is_admin: true });
    expect(await patch(boss.id, { active: false })).toMatchObject({
      status: 409,
      body: { details: { reason: "not_yourself" } },
    });
    expect((await patch(boss.id, { is_admin: false })).status).toBe(409);
    await patch(ada.id, { active: false });
    expect((await patch(boss.id, { is_admin: false })).status).toBe(409);
    await patch(ada.id, { active: true, is_admin: false });
  });

  it("keep one when two administrators put each other out at once", async () => {
    const rival = await server.admin("rival");
    const answers = await Promise.all([patch(rival.id, { active: false }), patch(boss.id, { active: false }, rival)]);
    const [winner, loser] = answers.map((answer) => answer.status).sort();
    // The loser finds out by its token or, when it got in before that ended, by its role.
    expect([winner, loser === 401 || loser === 403]).toEqual([200, true]);
    const { rows } = await server.database.pool.query(
      "select username from accounts where is_admin and status = 'active'",
    );
    expect(rows).toHaveLength(1);
    await server.database.pool.query("update accounts set status = 'active' where username = 'boss'");
    await server.database.pool.query("update accounts set is_admin = false where username = 'rival'");
    boss = { ...boss, bearer: await server.token("boss") };
  });

  it("leave one audit entry for each change, none for none", async () => {
    const fay = await server.person("fay");
    await patch(fay.id, { is_admin: true, active: true });
    await patch(fay.id, { is_admin: true });
    await patch(fay.id, {});
    await patch(fay.id, { is_admin: false, active: false });
    const { rows } = await server.database.pool.query(
      "select action from audit_entries where subject_id = $1 and actor_label = 'boss' order by id",
      [String(fay.id)],
    );
    expect(rows.map((row: { action: string }) => row.action)).toEqual([
      "account.grant-admin",
      "account.deactivate",
      "account.withdraw-admin",
    ]);
  });

  it.each([{ is_admin: "yes" }, { active: null }, { is_admin: 1 }])("are not changed by %j", async (body) => {
    expect((await patch(ada.id, body)).status).toBe(400);
  });
});
