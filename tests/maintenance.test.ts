import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Stoa } from "../packages/server/src/app.ts";
import { call, PASSWORD, startTwoServers, type TwoServers } from "./support/two-servers.ts";

const MAINTENANCE = "/api/stoa/v1/system/maintenance";
const CURRENT = "/api/stoa/v1/announcements/current";

let servers: TwoServers;
let [one, two] = [{} as Stoa, {} as Stoa];
let [admin, ada] = ["", ""];
beforeAll(async () => {
  servers = await startTwoServers();
  ({ one, two, admin, ada } = servers);
}, 60_000);
afterAll(() => servers.close(), 30_000);

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
    const again = await servers.tokenOf("admin");
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
      starts_at: new Date(Date.now() + 1_500).toISOString(),
      ends_at: new Date(Date.now() + 4_000).toISOString(),
    });
    const write = (stoa: Stoa) => call(stoa, "POST", "/api/stoa/v1/groups", { as: ada, body: { name: "x" } });
    expect((await call(one, "GET", CURRENT)).json.maintenance).toMatchObject({
      phase: "planned",
      message: "New disks.",
    });
    expect((await write(one)).status).toBe(403);
    await expect.poll(async () => (await write(one)).status, { interval: 50 }).toBe(503);
    await expect.poll(async () => (await write(one)).status, { interval: 100 }).toBe(403);
    await plan({});
    const third = await servers.start();
    expect((await write(third)).status).toBe(503);
    await third.app.close();
    await third.stop();
  });

  it("is planned by one administrator at a time, and can't end before it begins", async () => {
    const { json } = await plan({});
    expect((await plan({ version: json.version - 1 })).status).toBe(409);
    expect((await plan({ ends_at: "2001-01-01T00:00:00.000Z" })).status).toBe(422);
    const { rows } = await servers.database.pool.query(
      "select action from audit_entries where action like 'maintenance.%'",
    );
    expect(rows.map((row) => row.action)).toContain("maintenance.plan");
  });
});
