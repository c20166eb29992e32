import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createStoa, type Stoa } from "../packages/server/src/app.ts";
import { loadConfig } from "../packages/server/src/config/load.ts";
import { createTestDatabase, type TestDatabase } from "../packages/server/src/testing/test-database.ts";

const PASSWORD = "correct horse battery";
const SETTINGS = "/api/stoa/v1/system/settings";
const MAINTENANCE = "/api/stoa/v1/system/maintenance";
const CURRENT = "/api/stoa/v1/announcements/current";

let database: TestDatabase;
let dataDir: string;
let [one, two] = [{} as Stoa, {} as Stoa];
let [admin, ada] = ["", ""];

/** A whole server process on the one database. */
async function startServer(): Promise<Stoa> {
  const env = {
    HOME: dataDir,
    STOA_DATA_DIR: dataDir,
    STOA_LOG_LEVEL: "silent",
    STOA_ADMIN_PASSWORD: PASSWORD,
    STOA_LOCAL_ISOLATION: "none",
    STOA_UPLOAD_LIMIT: "1GiB",
    API_KEY: "a key that is long enough",
  };
  const { db, url } = database;
  const stoa = await createStoa({
    config: loadConfig(env, dataDir),
    database: { db, directConnectionString: url },
    log: pino({ level: "silent" }),
  });
  await stoa.accounts.ensureFirstAdmin();
  await stoa.start();
  return stoa;
}

async function call(
  stoa: Stoa,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  options: Options = {},
) {
  const { as, body, headers = {} } = options;
  const answer = await stoa.app.inject({
    method,
    url,
    headers: { host: "localhost:8080", ...(as ? { authorization: `Bearer ${as}` } : {}), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const isJson = String(answer.headers["content-type"]).includes("json");
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers loosely
  return { status: answer.statusCode, headers: answer.headers, json: (isJson ? answer.json() : null) as any };
}
interface Options {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function tokenOf(username: string): Promise<string> {
  const { json } = await call(one, "POST", "/tokens", { body: { username, password: PASSWORD } });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const body = `username=${username}&password=${encodeURIComponent(PASSWORD)}`;
  const answer = await one.app.inject({
    method: "POST",
    url: "/api/token",
    headers: { host: "localhost:8080", ...form },
    payload: body,
  });
  return (answer.json() as { access_token?: string }).access_token ?? `none: ${JSON.stringify(json)}`;
}

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), "stoa-system-"));
  one = await startServer();
  two = await startServer();
  const identity = { username: "ada", email: "ada@example.org", full_name: "Ada", password: PASSWORD };
  await call(one, "POST", "/api/register", { body: identity });
  [admin, ada] = [await tokenOf("admin"), await tokenOf("ada")];
}, 60_000);
afterAll(async () => {
  for (const stoa of [one, two]) {
    await stoa.app.close();
    await stoa.stop();
  }
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
}, 30_000);

describe("settings", () => {
  const find = async (stoa: Stoa, name: string) => {
    const { json } = await call(stoa, "GET", SETTINGS, { as: admin });
    return json.items.find((item: { name: string }) => item.name === name);
  };
  const change = (name: string, value: string | null, version: number) =>
    call(one, "PATCH", SETTINGS, {
      as: admin,
      body: { changes: [{ name, value, version }], current_password: PASSWORD },
    });

  it("are honoured at once where they are changed, and within a second on the other server", async () => {
    const make = (stoa: Stoa) =>
      call(stoa, "POST", "/api/stoa/v1/groups", { as: ada, body: { name: `g${Math.random()}` } });
    expect((await make(two)).status).toBe(403);
    const changed = await change("STOA_GROUP_CREATION", "everyone", 0);
    expect(changed.status).toBe(200);
    expect((await make(one)).status).toBe(201);
    await expect.poll(async () => (await make(two)).status, { timeout: 1_000, interval: 50 }).toBe(201);
    expect(await find(two, "STOA_GROUP_CREATION")).toMatchObject({
      value: "everyone",
      source: "portal",
      version: 1,
      changed_by: "admin",
      previous: null,
    });
    expect((await change("STOA_GROUP_CREATION", null, 1)).status).toBe(200);
    expect((await make(one)).status).toBe(403);
    expect(await find(one, "STOA_GROUP_CREATION")).toMatchObject({
      source: "default",
      version: 2,
      previous: "everyone",
    });
  });

  it("are not overwritten unseen, nor past what is written at the host, nor with nonsense", async () => {
    expect((await change("STOA_TRASH_RETENTION_DAYS", "10", 0)).status).toBe(200);
    expect((await change("STOA_TRASH_RETENTION_DAYS", "20", 0)).status).toBe(409);
    expect((await find(one, "STOA_TRASH_RETENTION_DAYS")).value).toBe("10");
    const wrong = await change("STOA_TRASH_RETENTION_DAYS", "ten", 1);
    expect(wrong.status).toBe(422);
    expect(wrong.json.detail).toContain("“ten” can't be STOA_TRASH_RETENTION_DAYS");
    expect((await change("STOA_UPLOAD_LIMIT", "2GiB", 0)).status).toBe(409);
    expect(await find(one, "STOA_UPLOAD_LIMIT")).toMatchObject({
      source: "environment",
      written_at: "STOA_UPLOAD_LIMIT",
    });
    expect((await change("STOA_PORT", "80", 0)).status).toBe(404);
    const both = {
      changes: [
        { name: "STOA_SESSIONS_PER_PERSON", value: "3", version: 0 },
        { name: "STOA_DIRECTORY", value: "?", version: 0 },
      ],
    };
    expect((await call(one, "PATCH", SETTINGS, { as: admin, body: both })).status).toBe(422);
    expect((await find(one, "STOA_SESSIONS_PER_PERSON")).value).toBe("10");
  });

  it("ask for the password once more where they open the server or lose data", async () => {
    expect(await find(one, "STOA_REQUIRE_SECOND_FACTOR")).toMatchObject({ dangerous: true, version: 0 });
    expect((await find(one, "STOA_MAIL_FROM")).dangerous).toBe(false);
    const change = { name: "STOA_REQUIRE_SECOND_FACTOR", value: "admins", version: 0 };
    const harmless = { name: "STOA_SESSIONS_PER_PERSON", value: "4", version: 0 };
    const asked = (changes: readonly object[], current_password?: string) =>
      call(one, "PATCH", SETTINGS, { as: admin, body: { changes, current_password } });
    const without = await asked([harmless, change]);
    expect(without).toMatchObject({ status: 422, json: { details: { reason: "proof_needed" } } });
    expect(await asked([change], "wrong password")).toMatchObject({
      json: { details: { reason: "wrong_current_password" } },
    });
    expect((await find(one, "STOA_REQUIRE_SECOND_FACTOR")).version).toBe(0);
    expect((await asked([harmless])).status).toBe(200);
  });

  it("end what goes on as somebody for longer than they allow", async () => {
    const signedIn = await call(one, "POST", "/api/stoa/v1/auth/sign-in", {
      body: { username: "admin", password: PASSWORD },
    });
    const cookies = (headers: typeof signedIn.headers) =>
      [headers["set-cookie"]].flat().map((line) => String(line).split(";", 1)[0]);
    const person = await database.pool.query("select id from accounts where username = 'ada'");
    const begun = await call(one, "POST", `/api/stoa/v1/people/${person.rows[0].id}/act-as`, {
      headers: {
        cookie: cookies(signedIn.headers).join("; "),
        "x-csrf-token": signedIn.json.csrf_token,
        origin: "http://localhost:8080",
      },
      body: { reason: "A look", minutes: 10, current_password: PASSWORD },
    });
    expect(begun.status).toBe(200);
    const cookie = cookies(begun.headers).join("; ");
    const me = (stoa: Stoa) => call(stoa, "GET", "/api/stoa/v1/account", { headers: { cookie } });
    expect((await me(two)).json.username).toBe("ada");
    await change("STOA_ACT_AS_MINUTES", "10", 0);
    expect((await me(two)).status).toBe(200);
    expect((await change("STOA_ACT_AS_MINUTES", "0", 1)).status).toBe(200);
    for (const stoa of [one, two]) {
      await expect.poll(async () => (await me(stoa)).status, { timeout: 1_500, interval: 50 }).toBe(401);
    }
    const { rows } = await database.pool.query("select ended_at from impersonations");
    expect(rows).toEqual([{ ended_at: expect.anything() }]);
  });

  it("never show a secret", async () => {
    const { json } = await call(one, "GET", SETTINGS, { as: admin });
    expect(JSON.stringify(json)).not.toContain("a key that is long enough");
    expect(JSON.stringify(json)).not.toContain(PASSWORD);
    expect(await find(one, "API_KEY")).toMatchObject({ value: "(set)", secret: true });
  });
});

describe("maintenance", () => {
  const plan = async (body: object) => {
    const { json } = await call(one, "GET", MAINTENANCE, { as: admin });
    const times = { starts_at: null, ends_at: null, message: "New disks.", message_fa: "دیسک‌های تازه." };
    return call(one, "PUT", MAINTENANCE, { as: admin, body: { ...times, version: json.version, ...body } });
  };
  const end = async () => {
    const { json } = await call(one, "GET", MAINTENANCE, { as: admin });
    if (json.phase !== "none")
      await call(one, "POST", `${MAINTENANCE}/end`, { as: admin, body: { version: json.version } });
  };
  beforeEach(end);
  afterAll(end);

  it("refuses everybody's writes on both servers in each API's own shape, says when to come back, and lets read", async () => {
    const { json: uws } = await call(one, "POST", "/tokens", { body: { username: "ada", password: PASSWORD } });
    const token = { "uws-authorization": `Token ${uws.token}` };
    const until = new Date(Date.now() + 600_000).toISOString();
    expect((await plan({ ends_at: until })).json.phase).toBe("on");
    const own = () => call(two, "POST", "/api/stoa/v1/groups", { as: ada, body: { name: "x" } });
    await expect.poll(async () => (await own()).status, { timeout: 1_000, interval: 50 }).toBe(503);
    const refused = await own();
    expect(refused.json).toMatchObject({ code: "maintenance", status: 503, details: { until } });
    expect(refused.json.detail).toContain("New disks.");
    const seconds = Number(refused.headers["retry-after"]);
    expect(seconds).toBeGreaterThan(590);
    expect(seconds).toBeLessThanOrEqual(600);
    const persian = await call(one, "POST", "/api/stoa/v1/groups", {
      as: ada,
      body: { name: "x" },
      headers: { "accept-language": "fa" },
    });
    expect(persian.json.detail).toContain("دیسک‌های تازه.");
    const contract3 = await call(one, "POST", "/workspaces/", { headers: token, body: {} });
    expect(contract3.status).toBe(503);
    expect(contract3.json).toEqual({ success: false, message: expect.stringContaining("under maintenance") });
    expect(contract3.headers["retry-after"]).toBeDefined();
    const portal = { username: "eve", email: "eve@example.org", full_name: "Eve", password: PASSWORD };
    expect(await call(one, "POST", "/api/register", { body: portal })).toMatchObject({
      status: 503,
      json: { detail: expect.any(String) },
    });
    for (const url of ["/api/stoa/v1/groups", "/api/stoa/v1/sessions"])
      expect((await call(one, "GET", url, { as: ada })).status).toBe(200);
    expect((await call(one, "GET", "/workspaces/", { headers: token })).status).toBe(200);
  });

  it("lets people sign in and out and end what runs, and administrators do anything", async () => {
    await plan({});
    expect((await call(one, "POST", "/tokens", { body: { username: "ada", password: PASSWORD } })).status).toBe(200);
    expect(
      (await call(one, "POST", "/api/stoa/v1/auth/sign-in", { body: { username: "ada", password: PASSWORD } })).status,
    ).toBe(200);
    // Not held, only not there.
    expect((await call(one, "POST", "/api/stoa/v1/sessions/999999/stop", { as: ada, body: {} })).status).toBe(404);
    expect((await call(one, "POST", "/api/stoa/v1/groups", { as: admin, body: { name: "during" } })).status).toBe(201);
    const again = await tokenOf("admin");
    expect(
      (
        await call(one, "POST", `${MAINTENANCE}/end`, {
          as: again,
          body: { version: (await call(one, "GET", MAINTENANCE, { as: again })).json.version },
        })
      ).json.phase,
    ).toBe("none");
    expect((await call(one, "POST", "/api/stoa/v1/groups", { as: ada, body: { name: "after" } })).status).not.toBe(503);
  });

  it("lets people keep what would be gone meanwhile: their account, and what lies in the trash", async () => {
    await plan({});
    const kept = await call(one, "POST", "/api/stoa/v1/account/deletion/cancel", { as: ada, body: {} });
    const back = await call(one, "POST", "/api/stoa/v1/trash/999999/restore", { as: ada, body: {} });
    expect([kept.status, back.status]).not.toContain(503);
  });

  it("holds nothing before it begins nor after its end, and a server that starts later knows of it", async () => {
    await plan({
      starts_at: new Date(Date.now() + 400).toISOString(),
      ends_at: new Date(Date.now() + 1_600).toISOString(),
    });
    const write = (stoa: Stoa) => call(stoa, "POST", "/api/stoa/v1/groups", { as: ada, body: { name: "x" } });
    expect((await call(one, "GET", CURRENT)).json.maintenance).toMatchObject({
      phase: "planned",
      message: "New disks.",
    });
    expect((await write(one)).status).toBe(403);
    await expect.poll(async () => (await write(one)).status, { timeout: 1_200, interval: 50 }).toBe(503);
    await expect.poll(async () => (await write(one)).status, { timeout: 2_500, interval: 100 }).toBe(403);
    await plan({});
    const third = await startServer();
    expect((await write(third)).status).toBe(503);
    await third.app.close();
    await third.stop();
  });

  it("is planned by one administrator at a time, and can't end before it begins", async () => {
    const { json } = await plan({});
    expect((await plan({ version: json.version - 1 })).status).toBe(409);
    expect((await plan({ ends_at: "2001-01-01T00:00:00.000Z" })).status).toBe(422);
    const { rows } = await database.pool.query("select action from audit_entries where action like 'maintenance.%'");
    expect(rows.map((row) => row.action)).toContain("maintenance.plan");
  });
});

describe("announcements", () => {
  const announce = async (changes: object = {}) => {
    const body = {
      title: "T",
      text: "",
      kind: "info",
      audience: "everyone",
      group_id: null,
      public: false,
      dismissible: true,
      starts_at: null,
      ends_at: null,
    };
    const answer = await call(one, "POST", "/api/stoa/v1/announcements", { as: admin, body: { ...body, ...changes } });
    return { ...answer, body: { ...body, ...changes } };
  };
  const seenBy = async (as?: string) =>
    (await call(two, "GET", CURRENT, as === undefined ? {} : { as })).json.announcements.map(
      (one: { title: string }) => one.title,
    );

  it("are seen by those whom they are for, and nobody else", async () => {
    const group = await call(one, "POST", "/api/stoa/v1/groups", { as: admin, body: { name: "lab" } });
    await announce({ title: "public", public: true });
    await announce({ title: "all" });
    await announce({ title: "admins", audience: "admins" });
    await announce({ title: "lab", audience: "group", group_id: group.json.id });
    expect((await seenBy()).toSorted()).toEqual(["public"]);
    expect((await seenBy(ada)).toSorted()).toEqual(["all", "public"]);
    const { rows } = await database.pool.query("select id from accounts where username = 'ada'");
    await call(one, "PUT", `/api/stoa/v1/groups/${group.json.id}/members/${rows[0].id}`, { as: admin, body: {} });
    expect((await seenBy(ada)).toSorted()).toEqual(["all", "lab", "public"]);
    expect(await seenBy(admin)).toContain("admins");
    expect((await announce({ audience: "group", group_id: 999_999 })).status).toBe(422);
    expect((await announce({ audience: "admins", public: true })).status).toBe(422);
  });

  it("refuse what nests so deep that drawing it would stop every page", async () => {
    for (const text of [
      `${"- ".repeat(1_999)}a`,
      "> 1. ".repeat(4),
      `a\n${">".repeat(7)} b`,
      `${"*a ".repeat(200)}b${"*".repeat(200)}`,
    ]) {
      for (const field of ["text", "text_fa"]) {
        const refused = await announce({ [field]: text });
        expect(refused.status).toBe(422);
        expect(refused.json.details).toMatchObject({ reason: "nested_too_deep" });
      }
    }
    const fine = "- a\n    - b\n        - c **bold** [link](https://example.org)\n\n- - - - - - - - -\n> > quoted";
    expect((await announce({ text: fine, ends_at: new Date(Date.now() + 7_200_000).toISOString() })).status).toBe(201);
  });

  it("are not crowded out by many that are for others", async () => {
    await announce({ title: "mine, among many" });
    await database.pool.query(
      `insert into announcements (title, text, kind, audience, public, dismissible, starts_at)
       select 'for admins ' || n, '', 'warning', 'admins', false, true, now() from generate_series(1, 250) n`,
    );
    expect(await seenBy(ada)).toContain("mine, among many");
    await database.pool.query("delete from announcements where title like 'for admins %'");
  });

  it("come and go by their times, are ended, deleted, brought back and dismissed by each for themselves", async () => {
    const later = await announce({ title: "later", starts_at: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await seenBy(ada)).not.toContain("later");
    const { json } = await call(two, "GET", CURRENT, { as: ada });
    expect(json.next_change_at).toBe(later.json.starts_at);
    const now = await announce({ title: "now" });
    const address = `/api/stoa/v1/announcements/${now.json.id}`;
    expect(await seenBy(ada)).toContain("now");
    expect(
      (await call(one, "POST", `${address}/end`, { as: admin, body: { version: now.json.version } })).json.state,
    ).toBe("past");
    expect(await seenBy(ada)).not.toContain("now");
    expect((await call(one, "PUT", address, { as: admin, body: { ...now.body, version: 1 } })).status).toBe(409);
    expect((await call(one, "PUT", address, { as: admin, body: { ...now.body, version: 2 } })).status).toBe(200);
    expect((await call(one, "DELETE", address, { as: admin })).status).toBe(204);
    expect(await seenBy(ada)).not.toContain("now");
    expect((await call(one, "POST", `${address}/restore`, { as: admin })).status).toBe(200);
    expect((await call(one, "PUT", `${address}/dismissal`, { as: ada })).status).toBe(204);
    expect(await seenBy(ada)).not.toContain("now");
    expect(await seenBy(admin)).toContain("now");
    expect((await call(one, "DELETE", `${address}/dismissal`, { as: ada })).status).toBe(204);
    expect(await seenBy(ada)).toContain("now");
    const fixed = await announce({ title: "fixed", dismissible: false });
    expect((await call(one, "PUT", `/api/stoa/v1/announcements/${fixed.json.id}/dismissal`, { as: ada })).status).toBe(
      404,
    );
  });
});
