import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AccountsServer,
  type Answer,
  type Browser,
  createAccountsServer,
  PASSWORD,
  type TestPerson,
} from "../../testing/accounts-server.ts";
import { codeOf, enrol } from "../second-factor/testing-codes.ts";

/** One browser and its cookies, as people share it. */
interface Jar {
  session: string;
  /** Between the two steps of a sign-in. */
  waiting?: string;
  kept: string;
  csrf: string;
}

let server: AccountsServer;
let ada: TestPerson;
let jar: Jar;
let own: Browser;
beforeAll(async () => {
  server = await createAccountsServer();
  await server.admin("boss");
  ada = await server.person("ada");
  await server.person("eve");
  await server.person("dee");
});
afterAll(() => server.close());
beforeEach(async () => {
  await query("delete from rate_limits");
  await query("delete from web_sessions");
  const { cookie, csrf } = await server.signIn("boss");
  jar = { session: cookie, kept: "", csrf };
  const body = { reason: "She can't start Jupyter", minutes: 15, current_password: PASSWORD };
  const begun = await send("POST", `/api/stoa/v1/people/${ada.id}/act-as`, { body });
  expect(begun.status, JSON.stringify(begun.body)).toBe(200);
  expect(jar.kept).not.toBe("");
  own = { cookie, csrf };
});

const query = async (text: string) => (await server.database.pool.query(text)).rows;
const stop = (how: { csrf?: boolean } = {}) => send("POST", "/api/stoa/v1/auth/acting/stop", how);
const signInAs = (username: string) =>
  send("POST", "/api/stoa/v1/auth/sign-in", { body: { username, password: PASSWORD } });
const state = async () =>
  (await send("GET", "/api/stoa/v1/auth/session")).body as {
    account: { username: string } | null;
    can_return: boolean;
  };
const lives = async ({ cookie }: Pick<Browser, "cookie">) =>
  (await server.call("GET", "/api/me", { headers: { cookie: `stoa_session=${cookie}` } })).status === 200;

/** As the browser sends it, and keeps what comes back. */
async function send(
  method: "GET" | "POST",
  url: string,
  { body, csrf = true }: { body?: object; csrf?: boolean } = {},
): Promise<Answer> {
  const answer = await server.call(method, url, {
    ...(body === undefined ? {} : { body }),
    headers: {
      cookie: `stoa_session=${jar.session}; stoa_return=${jar.kept}; stoa_sign_in=${jar.waiting ?? ""}`,
      origin: "http://localhost:8080",
      ...(csrf ? { "x-csrf-token": jar.csrf } : {}),
    },
  });
  for (const line of [answer.headers["set-cookie"] ?? []].flat()) {
    const [name, value = ""] = (String(line).split(";", 1)[0] ?? "").split("=");
    if (name === "stoa_session") jar.session = value;
    if (name === "stoa_return") jar.kept = value;
    if (name === "stoa_sign_in") jar.waiting = value;
  }
  const token = (answer.body as { csrf_token?: string } | null)?.csrf_token;
  if (token) jar.csrf = token;
  return answer;
}

describe("somebody else who signs in where an administrator acts", () => {
  it("ends the acting and the administrator's own sign-in, whose cookie goes", async () => {
    const acting = { cookie: jar.session };
    expect((await signInAs("eve")).status).toBe(200);
    expect(jar.kept).toBe("");
    expect(await lives(own)).toBe(false);
    expect(await lives(acting)).toBe(false);
    expect(await query("select 1 from impersonations where ended_at is null")).toEqual([]);
  });

  it("also when the acting was over, and without the token of the page before", async () => {
    await query("delete from web_sessions where impersonation_id is not null");
    const body = { username: "eve", password: PASSWORD };
    expect((await send("POST", "/api/stoa/v1/auth/sign-in", { body, csrf: false })).status).toBe(200);
    expect(jar.kept).toBe("");
    expect(await lives(own)).toBe(false);
  });

  it("never becomes the administrator, when the session is revoked elsewhere, nor after signing out", async () => {
    const kept = jar.kept;
    await signInAs("eve");
    // A browser that kept it all the same.
    jar.kept = kept;
    await query("delete from web_sessions where account_id = (select id from accounts where username = 'eve')");
    expect(await state()).toMatchObject({ account: null, can_return: false });
    expect((await stop()).status).toBe(410);
  });

  it("ends them at the second step too, and not at the first", async () => {
    const { secret } = await enrol(server, "dee");
    const password = { username: "dee", password: PASSWORD };
    expect((await send("POST", "/api/stoa/v1/auth/sign-in", { body: password })).status).toBe(202);
    expect(await lives(own)).toBe(true);
    const done = await send("POST", "/api/stoa/v1/auth/second-factor", { body: { code: codeOf(secret) } });
    expect(done.status, JSON.stringify(done.body)).toBe(200);
    expect(jar.kept).toBe("");
    expect(await lives(own)).toBe(false);
  });
});

describe("signing out", () => {
  it("takes the cookie kept for the return and what stands behind it", async () => {
    const { kept } = jar;
    // As a browser that was left with it by an earlier version.
    const eve = await server.signIn("eve");
    jar = { session: eve.cookie, kept, csrf: eve.csrf };
    expect((await send("POST", "/api/stoa/v1/auth/sign-out", { body: {} })).status).toBe(204);
    expect(jar).toMatchObject({ session: "", kept: "" });
    expect(await lives(own)).toBe(false);
    jar.kept = kept;
    expect(await state()).toMatchObject({ account: null, can_return: false });
  });
});

describe("the cookie kept for the return", () => {
  it("is good for its own acting only", async () => {
    const [, secret] = jar.kept.split(".");
    jar.session = "";
    for (const forged of [`${secret}`, `${crypto.randomUUID()}.${secret}`, `${own.cookie}`]) {
      jar.kept = forged;
      expect(await state()).toMatchObject({ can_return: false });
    }
  });

  it("is good for twelve hours after the acting's end, by our own clock", async () => {
    await query("delete from web_sessions where impersonation_id is not null");
    expect(await state()).toMatchObject({ account: null, can_return: true });
    await query(
      "update impersonations set begun_at = now() - interval '14 hours', ends_at = now() - interval '12 hours 1 second'",
    );
    expect(await state()).toMatchObject({ account: null, can_return: false });
    expect((await stop()).status).toBe(410);
  });
});

describe("stopping without the page's own token", () => {
  it("changes nothing for whoever is signed in", async () => {
    const eve = await server.signIn("eve");
    jar = { session: eve.cookie, kept: jar.kept, csrf: eve.csrf };
    const answer = await stop({ csrf: false });
    expect(answer).toMatchObject({ status: 403, body: { code: "csrf" } });
    expect(answer.headers["set-cookie"]).toBeUndefined();
    jar.csrf = "nonsense";
    expect((await stop()).status).toBe(403);
    expect(await lives(eve)).toBe(true);
  });

  it("doesn't say that acting has ended while it goes on", async () => {
    expect(await stop({ csrf: false })).toMatchObject({ status: 403, body: { code: "csrf" } });
    expect(await state()).toMatchObject({ account: { username: "ada" } });
    expect(await stop()).toMatchObject({ status: 200, body: { account: { username: "boss" } } });
  });
});
