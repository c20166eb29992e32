import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stoa } from "../packages/server/src/app.ts";
import { call, PASSWORD, startTwoServers, type TwoServers } from "./support/two-servers.ts";

const SETTINGS = "/api/stoa/v1/system/settings";

let servers: TwoServers;
let [one, two] = [{} as Stoa, {} as Stoa];
let [admin, ada] = ["", ""];
beforeAll(async () => {
  servers = await startTwoServers();
  ({ one, two, admin, ada } = servers);
}, 60_000);
afterAll(() => servers.close(), 30_000);

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
    const person = await servers.database.pool.query("select id from accounts where username = 'ada'");
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
    const { rows } = await servers.database.pool.query("select ended_at from impersonations");
    expect(rows).toEqual([{ ended_at: expect.anything() }]);
  });

  it("never show a secret", async () => {
    const { json } = await call(one, "GET", SETTINGS, { as: admin });
    expect(JSON.stringify(json)).not.toContain("a key that is long enough");
    expect(JSON.stringify(json)).not.toContain(PASSWORD);
    expect(await find(one, "API_KEY")).toMatchObject({ value: "(set)", secret: true });
  });
});
