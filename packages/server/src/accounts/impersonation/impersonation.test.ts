import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type AccountsServer,
  type Browser,
  createAccountsServer,
  PASSWORD,
  type TestPerson,
} from "../../testing/accounts-server.ts";

let server: AccountsServer;
let other: AccountsServer;
let boss: TestPerson;
let ada: TestPerson;
let own: Browser;
beforeAll(async () => {
  server = await createAccountsServer();
  other = await createAccountsServer({ database: server.database });
  boss = await server.admin("boss");
  await server.admin("chief");
  ada = await server.person("ada");
});
afterAll(async () => {
  await other.close();
  await server.close();
});
beforeEach(async () => {
  // The refusals of the tests before count as tries.
  await query("delete from rate_limits");
  await query("delete from web_sessions");
  await query(
    "update accounts set status = 'active', is_admin = username in ('boss', 'chief'), deletion_due_at = null",
  );
  own = await server.signIn("boss");
});

const query = async (text: string) => (await server.database.pool.query(text)).rows;
const wish = { reason: "She can't start Jupyter", minutes: 15, current_password: PASSWORD };
const actAs = (id = ada.id, body: object = wish, as: Browser | TestPerson | { bearer: string } = own) =>
  server.call("POST", `/api/stoa/v1/people/${id}/act-as`, { as, body });

interface Acting extends Browser {
  readonly kept: string;
}

/** What the browser holds once it acts. */
async function begin(id = ada.id): Promise<Acting> {
  const answer = await actAs(id);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const cookies = cookiesOf(answer.headers["set-cookie"]);
  const { csrf_token: csrf } = answer.body as { csrf_token: string };
  return { cookie: cookies.stoa_session ?? "", kept: cookies.stoa_return ?? "", csrf };
}

function cookiesOf(header: unknown): Record<string, string> {
  const pairs = [header].flat().map((line) => String(line).split(";", 1)[0] ?? "");
  return Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
}

/** As a browser sends it: both cookies, from our own page. */
function stop({ cookie, kept, csrf }: Acting, on = server) {
  const headers = {
    cookie: `stoa_session=${cookie}; stoa_return=${kept}`,
    origin: "http://localhost:8080",
    "x-csrf-token": csrf,
  };
  return on.call("POST", "/api/stoa/v1/auth/acting/stop", { headers });
}

const whoIs = async (as: Browser, on = server) => {
  const { status, body } = await on.call("GET", "/api/me", { as });
  return status === 200 ? (body as { username: string }).username : status;
};

describe("acting as somebody", () => {
  it("is that person, until the administrator stops and is back without a password", async () => {
    const acting = await begin();
    expect(await whoIs(acting)).toBe("ada");
    const { body } = await server.call("GET", "/api/stoa/v1/auth/session", { as: acting });
    expect(body).toMatchObject({
      account: { username: "ada", is_admin: false },
      acting: { by: { id: boss.id, username: "boss" }, reason: wish.reason, ended_at: null },
      acted_as_by: [],
    });
    const back = await stop(acting);
    expect(back).toMatchObject({ status: 200, body: { account: { username: "boss" }, acting: null } });
    expect(cookiesOf(back.headers["set-cookie"])).toEqual({ stoa_session: own.cookie, stoa_return: "" });
    expect(await whoIs(own)).toBe("boss");
    expect(await whoIs(acting)).toBe(401);
  });

  it("leaves both names in the audit, and shows the person who it was", async () => {
    const acting = await begin();
    await stop(acting);
    const entries = await query(
      `select action, actor_id, actor_label, about, details::jsonb as details from audit_entries
        where action like 'account.act-as%' order by id desc limit 2`,
    );
    expect(entries.reverse()).toMatchObject([
      { action: "account.act-as", actor_label: "boss", about: [ada.id], details: { reason: wish.reason } },
      {
        action: "account.act-as-end",
        actor_id: boss.id,
        actor_label: "boss",
        about: [ada.id],
        details: { on_behalf_of: { account_id: ada.id, label: "ada" } },
      },
    ]);
    const as = await server.signIn("ada");
    const { body } = await server.call("GET", "/api/stoa/v1/account/acted-as?limit=1", { as });
    expect(body).toMatchObject({
      items: [{ by: { username: "boss", full_name: "boss Test" }, reason: wish.reason }],
    });
    expect((body as { items: { ended_at: string }[] }).items[0]?.ended_at).toMatch(/Z$/);
  });

  it("is seen by the person at once, and not among her own sign-ins", async () => {
    const as = await server.signIn("ada");
    await begin();
    const { body } = await server.call("GET", "/api/stoa/v1/auth/session", { as });
    expect(body).toMatchObject({ acting: null, acted_as_by: [{ by: { username: "boss" }, reason: wish.reason }] });
    const signIns = await server.call("GET", "/api/stoa/v1/account/sign-ins", { as });
    expect((signIns.body as { items: unknown[] }).items).toHaveLength(1);
    const told = await query(`select said from notices where kind = 'account.impersonated' and account_id = ${ada.id}`);
    expect(told.at(-1)).toMatchObject({ said: { person: "boss Test", reason: wish.reason } });
  });

  it("doesn't count as the person's being here", async () => {
    await query("update accounts set last_seen_at = null");
    const acting = await begin();
    await whoIs(acting);
    await vi.waitFor(async () =>
      expect(await query("select 1 from accounts where username = 'boss' and last_seen_at is not null")).toHaveLength(
        1,
      ),
    );
    expect(await query("select last_seen_at from accounts where username = 'ada'")).toEqual([{ last_seen_at: null }]);
  });
});

describe("who may not begin", () => {
  it("is everybody but a signed-in administrator with the password", async () => {
    const plain = await server.signIn("ada");
    expect((await actAs(ada.id, wish, plain)).status).toBe(403);
    expect((await server.call("POST", `/api/stoa/v1/people/${ada.id}/act-as`, { body: wish })).status).toBe(401);
    const bearer = { bearer: await server.token("boss") };
    expect(await actAs(ada.id, wish, bearer)).toMatchObject({
      status: 403,
      body: { details: { reason: "acting_needs_browser" } },
    });
    const wrong = await actAs(ada.id, { ...wish, current_password: "wrong" });
    expect(wrong).toMatchObject({ status: 422, body: { details: { reason: "wrong_current_password" } } });
  });

  it.each([
    ["without a reason", { ...wish, reason: " x " }, "acting_reason"],
    ["with a reason that turns the line around", { ...wish, reason: "abc\u202edef" }, "acting_reason"],
  ])("is whoever asks %s", async (_, body, reason) => {
    expect(await actAs(ada.id, body)).toMatchObject({ status: 422, body: { details: { reason } } });
  });

  it("is who asks for more than an hour", async () => {
    expect((await actAs(ada.id, { ...wish, minutes: 61 })).status).toBe(400);
  });

  it("is refused of oneself, of administrators, of who is not active, and of nobody", async () => {
    const chief = (await query("select id from accounts where username = 'chief'"))[0].id as number;
    expect(await actAs(boss.id)).toMatchObject({ status: 409, body: { details: { reason: "acting_as_yourself" } } });
    expect(await actAs(chief)).toMatchObject({ status: 409, body: { details: { reason: "acting_as_admin" } } });
    expect((await actAs(999_999)).status).toBe(404);
    for (const change of ["status = 'deactivated'", "deletion_due_at = now() + interval '3 days'"]) {
      await query(`update accounts set ${change} where username = 'ada'`);
      expect(await actAs()).toMatchObject({ status: 409, body: { details: { reason: "acting_as_inactive" } } });
      await query("update accounts set status = 'active', deletion_due_at = null where username = 'ada'");
    }
  });

  it("is refused of who has a password to choose first", async () => {
    await query("update accounts set must_change_password = true where username = 'ada'");
    expect(await actAs()).toMatchObject({ status: 409, body: { details: { reason: "acting_as_unready" } } });
    await query("update accounts set must_change_password = false where username = 'ada'");
  });

  it("is never somebody who acts already, also by the administrator's cookie kept for the return", async () => {
    const eve = await server.person("eve");
    const acting = await begin();
    expect((await actAs(eve.id, wish, acting)).status).toBe(403);
    const again = await begin(eve.id);
    expect(await whoIs(again)).toBe("eve");
    expect(await whoIs(acting), "one at a time").toBe(401);
  });
});

describe("what stays the person's own", () => {
  const at = "/api/stoa/v1";
  it.each([
    ["PATCH", `${at}/account`, { full_name: "Other" }],
    ["POST", `${at}/auth/password`, { current_password: PASSWORD, new_password: "another one 12" }],
    ["POST", `${at}/account/tokens`, { label: "x", scopes: ["account:read"] }],
    ["DELETE", `${at}/account/sign-ins/x`, undefined],
    ["POST", `${at}/account/sign-ins/revoke-others`, {}],
    ["POST", `${at}/account/second-factor`, {}],
    ["POST", `${at}/account/deletion`, { current_password: PASSWORD }],
    ["POST", `${at}/account/exports`, {}],
    ["GET", `${at}/account/exports`, undefined],
    ["POST", `${at}/groups`, { name: "ours" }],
    ["GET", `${at}/people`, undefined],
    ["PATCH", `${at}/people/1`, { active: false }],
  ] as const)("%s %s", async (method, url, body) => {
    const acting = await begin();
    const answer = await server.call(method, url, { as: acting, ...(body === undefined ? {} : { body }) });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 403, body: { code: "acting_as" } });
  });

  it("says so in Persian too", async () => {
    const { body } = await server.call("PATCH", `${at}/account`, { as: await begin(), body: {}, locale: "fa" });
    expect((body as { detail: string }).detail).toContain("به جای شخص دیگری");
  });
});

describe("it ends", () => {
  const over = async (acting: Browser, on = other) => {
    const before = Date.now();
    await vi.waitFor(async () => expect(await whoIs(acting, on)).toBe(401));
    expect(Date.now() - before).toBeLessThan(1_500);
    const [last] = await query("select ended_at from impersonations order by id desc limit 1");
    return last.ended_at as Date | null;
  };

  it("by itself, and the way back stays", async () => {
    const acting = await begin();
    await query("update web_sessions set absolute_expires_at = now() where impersonation_id is not null");
    await query(
      "update impersonations set begun_at = begun_at - interval '1 hour', ends_at = now() where ended_at is null",
    );
    await over(acting);
    const headers = { cookie: `stoa_session=${acting.cookie}; stoa_return=${acting.kept}` };
    const { body } = await server.call("GET", "/api/stoa/v1/auth/session", { headers });
    expect(body).toMatchObject({ account: null, can_return: true });
    expect(await stop(acting)).toMatchObject({ status: 200, body: { account: { username: "boss" } } });
  });

  it.each([
    ["is no administrator any more", "PATCH", () => `/api/stoa/v1/people/${boss.id}`, { is_admin: false }],
    ["is deactivated", "PATCH", () => `/api/stoa/v1/people/${boss.id}`, { active: false }],
    ["is deleted soon", "POST", () => `/api/stoa/v1/people/${boss.id}/deletion`, {}],
  ] as const)("on every server when the administrator %s", async (_, method, url, body) => {
    const acting = await begin();
    expect(await whoIs(acting, other)).toBe("ada");
    const as = await server.signIn("chief");
    expect((await server.call(method, url(), { as, body })).status).toBeLessThan(300);
    expect(await over(acting)).not.toBeNull();
  });

  it("when the person becomes an administrator", async () => {
    const acting = await begin();
    const as = await server.signIn("chief");
    await server.call("PATCH", `/api/stoa/v1/people/${ada.id}`, { as, body: { is_admin: true } });
    expect(await over(acting)).not.toBeNull();
  });

  it("with the administrator's own sign-in, open streams included", async () => {
    const acting = await begin();
    const elsewhere = await server.signIn("boss");
    const principal = await other.accounts.authenticator.cookie(acting.cookie);
    const ended = new Promise((resolve) => principal && other.platform.revocations.watch(principal, resolve));
    await server.call("POST", "/api/stoa/v1/account/sign-ins/revoke-others", { as: elsewhere });
    expect(await ended).toBe("revoked");
    expect(await over(acting)).not.toBeNull();
    expect(await stop(acting)).toMatchObject({ status: 410, body: { details: { reason: "nothing_to_return_to" } } });
  });

  it("with both sessions when the administrator signs out meanwhile", async () => {
    const acting = await begin();
    expect((await server.call("POST", "/api/stoa/v1/auth/sign-out", { as: acting })).status).toBe(204);
    await over(acting);
    await over(own);
  });

  it("when the person ends all sign-ins but her own", async () => {
    const as = await server.signIn("ada");
    const acting = await begin();
    await server.call("POST", "/api/stoa/v1/account/sign-ins/revoke-others", { as });
    expect(await over(acting)).not.toBeNull();
    expect(await whoIs(as)).toBe("ada");
  });
});

describe("the cookie kept for the return", () => {
  it("opens nothing by itself, and never takes the place of another's sign-in", async () => {
    const acting = await begin();
    await stop(acting);
    const eve = await server.signIn("ada");
    const answer = await stop({ ...eve, kept: acting.kept });
    expect(answer).toMatchObject({ status: 200, body: { account: { username: "ada" } } });
    expect(cookiesOf(answer.headers["set-cookie"])).toEqual({ stoa_return: "" });
    const headers = { cookie: `stoa_return=${acting.kept}` };
    expect((await server.call("GET", "/api/me", { headers })).status).toBe(401);
  });

  it("is refused to other sites' pages", async () => {
    const acting = await begin();
    const headers = { cookie: `stoa_return=${acting.kept}`, origin: "https://evil.example" };
    expect((await server.call("POST", "/api/stoa/v1/auth/acting/stop", { headers })).status).toBe(403);
  });
});
