import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;
let groupId: number;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground, { localIsolation: "none" });
  const made = await rows("insert into groups (name, name_key) values ('Lab', 'lab') returning id");
  groupId = Number(made[0]?.id);
  await rows("insert into group_members (group_id, account_id) values ($1, 1), ($1, 2)", [groupId]);
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});
beforeEach(async () => {
  await rows("delete from core_hour_quotas");
});
afterEach(async () => {
  for (const { id } of await rows("select id from jobs where ended_at is null")) {
    await stoa.call("POST", `/api/stoa/v1/sessions/${id}/stop`);
  }
  await expect.poll(() => rows("select id from jobs where ended_at is null"), { timeout: 20_000 }).toEqual([]);
  // What they took is of no matter to the next one.
  await rows("update jobs set core_hours = 0, created_at = now() - interval '100 days'");
});

const rows = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;
const person = (id: number) => `/api/stoa/v1/people/${id}/core-hours`;
const group = () => `/api/stoa/v1/groups/${groupId}/core-hours`;
const allow = (at: string, allowed: string, period = "total") => stoa.call("PUT", at, { body: { allowed, period } });

async function start(as: "boss" | "ann", cpus: number, minutes: number, headers = {}) {
  const workspaceId = await ground.workspace(as === "boss" ? 1 : 2);
  return stoa.call("POST", "/api/stoa/v1/sessions", {
    as,
    headers,
    body: {
      workspace_id: workspaceId,
      job_type: "terminal",
      resource_options: { num_cpus: cpus, time_limit_min: minutes },
    },
  });
}

describe("a person's core hours", () => {
  it("are set aside at the start, refused with the figures, and settled at the end", async () => {
    expect((await allow(person(2), "2.5")).body).toMatchObject({
      used: "0.00000",
      allowed: "2.50000",
      left: "2.50000",
      period: "total",
      set_by: "boss",
      resets_at: null,
    });
    const first = await start("ann", 2, 60);
    expect(first).toMatchObject({ status: 201, body: { core_hours_reserved: "2.00000", core_hours: "0.00000" } });
    const refused = await start("ann", 1, 60);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        detail: expect.stringContaining("takes 1 core hours, but 2 of your 2.5 are used or set aside (set by boss)"),
      },
    });
    const inContract3 = await stoa.call("PUT", `/workspaces/${await ground.workspace(2)}/start/`, {
      as: "ann",
      body: { job_type: "terminal", resource_options: { time_limit_min: 60 } },
    });
    expect(inContract3).toMatchObject({ status: 409, body: { success: false, message: refused.body.detail } });
    const persian = await start("ann", 1, 60, { "accept-language": "fa" });
    expect(persian.body.detail).toContain("هسته‌ساعت");
    expect(persian.body.detail).toContain("۲٫۵");
    expect(persian.body.detail).not.toMatch(/[0-9]/);
    expect((await start("ann", 1, 30)).status).toBe(201);
    const { body } = await stoa.call("GET", "/api/stoa/v1/core-hours", { as: "ann" });
    expect(body.person).toMatchObject({ used: "2.50000", reserved: "2.50000", left: "0.00000" });

    await stoa.call("POST", `/api/stoa/v1/sessions/${first.body.id}/stop`, { as: "ann" });
    await expect
      .poll(async () => (await stoa.call("GET", person(2))).body.reserved, { timeout: 20_000 })
      .toBe("0.50000");
    const left = Number((await stoa.call("GET", person(2))).body.left);
    expect(left).toBeGreaterThan(1.98);
    expect(left).toBeLessThan(2.00001);
    expect((await start("ann", 1, 60)).status).toBe(201);
  });

  it("of which there are none are refused as such: no less time would help", async () => {
    await allow(person(2), "0");
    const refused = await start("ann", 1, 1);
    expect(refused).toMatchObject({ status: 409, body: { detail: "You have no core hours. Ask an administrator." } });
    const persian = await start("ann", 1, 1, { "accept-language": "fa" });
    expect(persian.body.detail).toContain("هسته‌ساعتی ندارید");
  });

  it("of two starts at once the second finds the last hours taken", async () => {
    await allow(person(2), "1");
    const answers = await Promise.all(Array.from({ length: 4 }, () => start("ann", 1, 60)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
  });

  it("are asked for an extension too, only for what it adds", async () => {
    await allow(person(1), "1.5");
    const { body } = await start("boss", 1, 60);
    await stoa.until(body.id, "running");
    const at = `/api/stoa/v1/sessions/${body.id}/extend`;
    await expect
      .poll(async () => (await stoa.call("GET", `/api/stoa/v1/sessions/${body.id}`)).body.extend)
      .toBeTruthy();
    expect(await stoa.call("POST", at, { body: { minutes: 31 } })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("1 of your 1.5 are used") },
    });
    expect((await stoa.call("POST", at, { body: { minutes: 30 } })).body.core_hours_reserved).toBe("1.50000");
    expect((await stoa.call("POST", at, { body: { minutes: 1 } })).status).toBe(409);
  });

  it("are those of the calendar month, where the quota says so", async () => {
    await allow(person(2), "1", "month");
    const { body } = await stoa.call("GET", person(2));
    expect(body).toMatchObject({
      used: "0.00000",
      period: "month",
      resets_at: expect.stringMatching(/-01T00:00:00.000Z$/),
    });
    await rows(
      "insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus, status, created_at, ended_at, core_hours) values (2, $1, 'terminal', 'local', 'x', gen_random_uuid(), 1, 'complete', date_trunc('month', now(), 'UTC') + $2::interval, now(), 0.9)",
      [await ground.workspace(2), "-1 second"],
    );
    expect((await stoa.call("GET", person(2))).body.used).toBe("0.00000");
    await rows("update jobs set created_at = created_at + interval '1 second' where node_id = 'x'");
    expect((await stoa.call("GET", person(2))).body.used).toBe("0.90000");
    expect((await start("ann", 1, 60)).status).toBe(409);
    expect((await start("ann", 1, 6)).status).toBe(201);
  });

  it("of a month are asked for what a session of that month is extended by, also in the next one", async () => {
    await allow(person(1), "1.5", "month");
    const { body } = await start("boss", 1, 60);
    await stoa.until(body.id, "running");
    const at = `/api/stoa/v1/sessions/${body.id}`;
    await expect.poll(async () => (await stoa.call("GET", at)).body.extend).toBeTruthy();
    await rows("update jobs set created_at = date_trunc('month', now(), 'UTC') - interval '1 second' where id = $1", [
      body.id,
    ]);
    expect((await stoa.call("POST", `${at}/extend`, { body: { minutes: 31 } })).status).toBe(409);
    // What this month holds already is of no matter to it.
    expect((await start("boss", 1, 90)).status).toBe(201);
    expect((await stoa.call("POST", `${at}/extend`, { body: { minutes: 30 } })).status).toBe(200);
  });

  it("are exact beyond what a double holds", async () => {
    await allow(person(2), "900000000000000000.00001");
    await rows(
      "insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus, status, ended_at, core_hours) select 2, $1, 'terminal', 'local', 'y', gen_random_uuid(), 1, 'complete', now(), 90000000000.00001 from generate_series(1, 3)",
      [await ground.workspace(2)],
    );
    expect((await stoa.call("GET", person(2))).body).toMatchObject({
      used: "270000000000.00003",
      left: "899999729999999999.99998",
    });
  });

  it("can be set by administrators only, and not to nonsense", async () => {
    expect((await stoa.call("PUT", person(1), { as: "ann", body: { allowed: "1", period: "total" } })).status).toBe(
      403,
    );
    for (const allowed of ["-1", "1e9", "", "1.123456", "1".repeat(19), " 1", "١", "NaN"]) {
      expect((await allow(person(2), allowed)).status).toBe(400);
    }
    expect((await allow(person(2), "1", "week")).status).toBe(400);
    expect((await allow(person(99_999), "1")).status).toBe(404);
    expect((await allow("/api/stoa/v1/groups/99999/core-hours", "1")).status).toBe(404);
    await allow(person(2), "0");
    expect((await start("ann", 1, 1)).status).toBe(409);
    expect((await stoa.call("DELETE", person(2))).status).toBe(204);
    expect((await start("ann", 1, 1)).status).toBe(201);
    const audited = await rows(
      "select action, details from audit_entries where action like 'core-hours.%' order by id",
    );
    expect(audited.map((row) => row.action)).toContain("core-hours.remove");
  });
});

describe("a group's core hours", () => {
  it("are those of all who were in it when they started, and its last can't be taken twice", async () => {
    await allow(group(), "2");
    expect((await start("boss", 1, 60)).status).toBe(201);
    const answers = await Promise.all([start("ann", 1, 60), start("boss", 1, 60), start("ann", 1, 60)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const refused = answers.find((answer) => answer.status === 409);
    expect(refused?.body.detail).toContain("2 of the 2 of the group Lab are used or set aside (set by boss)");
    const { body } = await stoa.call("GET", "/api/stoa/v1/core-hours", { as: "ann" });
    expect(body).toMatchObject({
      person: { allowed: null, left: null },
      groups: [{ group: { id: groupId, name: "Lab" }, used: "2.00000", left: "0.00000" }],
    });
    // Who leaves takes nothing along.
    await rows("delete from group_members where account_id = 1");
    expect((await stoa.call("GET", group())).body.used).toBe("2.00000");
    expect((await start("boss", 1, 60)).status).toBe(201);
    await rows("insert into group_members (group_id, account_id) values ($1, 1)", [groupId]);
  });

  it("stop a start that the person's own quota would hold", async () => {
    await allow(person(2), "100");
    await allow(group(), "0.5");
    expect(await start("ann", 1, 60)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("the group Lab") },
    });
  });
});
