import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAccounts } from "../accounts/accounts.ts";
import { recordEntries } from "../platform/audit/record.ts";
import { enqueueOne, kindOf, openInstance, type TestInstance } from "../platform/operations/test-instance.ts";
import type { SessionFigures } from "../sessions/sessions.ts";
import { CHEAP_PASSWORDS } from "../testing/cheap-passwords.ts";
import { createTestServer } from "../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createTestPlatform } from "../testing/test-platform.ts";
import type { OverviewContext, OverviewSources } from "./context.ts";
import { daysBefore, lastDays, sumUp } from "./days.ts";
import { createOverview } from "./overview.ts";
import type { OverviewTables } from "./tables.ts";

let database: TestDatabase;
let instance: TestInstance;
let app: FastifyInstance;
let context: OverviewContext;
let problem: string | null = null;
let asked: [string, string][] = [];
let load = 0;
let figures: SessionFigures;

const now = new Date("2026-11-21T12:00:00Z");

beforeAll(async () => {
  database = await createTestDatabase();
  instance = openInstance(database, {
    kinds: [kindOf("test.fails", { run: () => Promise.reject(new Error("no")) }), kindOf("test.fine")],
  });
  await database.pool.query(
    "insert into accounts (username, username_key, email, full_name, status, deletion_due_at) values ('ann', 'ann', 'a@example.org', '', 'active', now() + interval '2 days'), ('bob', 'bob', 'b@example.org', '', 'pending', null)",
  );
  const platform = createTestPlatform({ db: database.db, operations: instance.operations, events: instance.events });
  const accounts = createAccounts(platform, CHEAP_PASSWORDS);
  figures = {
    async days(from, to) {
      asked.push([from, to]);
      const zero = { running: 1, complete: 1, failed: 0, readyMedianMs: 900, coreHours: "1.50000" };
      return daysBefore(new Date(`${to}T12:00Z`), 200)
        .filter((day) => day >= from)
        .map((day) => ({ day, started: 2, ...zero }));
    },
    hanging: async () => ({
      count: 2,
      items: [
        { id: 7, hang: "host_lost", since: new Date(), node: "n2", jobType: "terminal", ownerId: 1, canGiveUp: true },
        {
          id: 8,
          hang: "stopping_long",
          since: new Date(),
          node: "n1",
          jobType: "terminal",
          ownerId: 1,
          canGiveUp: true,
        },
      ],
    }),
    silentHosts: async () => [{ node: "n3", seenAt: new Date() }],
    spent: async () => [{ accountId: 1, groupId: null, setAt: new Date(), none: true }],
    failingTypes: async () => [],
  };
  const sources: OverviewSources = {
    sessions: () => figures,
    accounts: accounts.figures,
    people: accounts,
    groupName: async () => null,
    roomUsed: async () => 4096,
    storageOver: async () => null,
    load: () => ({ load, cores: 2 }),
    health: { resources: { local: async () => problem } },
  };
  context = { platform, db: database.db.withTables<OverviewTables>(), sources };
  const overview = createOverview({ ...platform, operations: instance.operations }, sources);
  await instance.start();
  ({ app } = await createTestServer({ routes: [overview.routes], platform }));
});
afterAll(async () => {
  await app.close();
  await instance.stop();
  await database.drop();
});
beforeEach(() => {
  asked = [];
});

const get = async (path: string, who = "admin") => {
  const answer = await app.inject({
    url: `/api/stoa/v1/admin${path}`,
    headers: { authorization: `Bearer zpat_${who}` },
  });
  return { status: answer.statusCode, body: answer.json() };
};
const codes = async () => (await get("/needs")).body.items.map((need: { code: string }) => need.code);

describe("what needs an operator", () => {
  test("each domain's trouble, the gravest first, and for nobody else", async () => {
    expect((await get("/needs", "ann")).status).toBe(403);
    const { body } = await get("/needs");
    // The disk of the machine that tests may be nearly full, too.
    const tones = body.items.map((need: { tone: string }) => need.tone);
    expect(tones.filter((tone: string) => tone !== "hint")).toEqual(
      tones.filter((tone: string) => tone !== "hint").toSorted(),
    );
    expect(tones.at(-1)).toBe("hint");
    expect(tones.filter((tone: string) => tone === "bad").length).toBeGreaterThanOrEqual(2);
    expect(await codes()).toEqual(
      expect.arrayContaining(["host_lost", "sessions_hanging", "deletion_due", "people_pending", "core_hours_spent"]),
    );
    expect(body.items).toContainEqual(
      expect.objectContaining({ code: "sessions_hanging", subject: { kind: "session", id: "8", label: "ann" } }),
    );
    expect(body.items).toContainEqual(
      expect.objectContaining({ code: "people_pending", count: 1, subject: expect.objectContaining({ label: "bob" }) }),
    );
    // Who never had any has used nothing up.
    expect(body.items).toContainEqual(
      expect.objectContaining({ code: "core_hours_spent", params: expect.objectContaining({ none: 1 }) }),
    );
  });

  test("a silent server, a machine that is overloaded, and what nobody takes up are lines; no mail server is a hint", async () => {
    expect(await codes()).toEqual(expect.arrayContaining(["host_silent", "mail_unset"]));
    expect(await codes()).not.toContain("load_high");
    load = 12;
    expect((await get("/needs")).body.items).toContainEqual(
      expect.objectContaining({
        code: "load_high",
        tone: "warn",
        params: expect.objectContaining({ load: 12, cores: 2 }),
      }),
    );
    load = 0;
    const { id } = await enqueueOne(database, instance.operations, "test.fine", { nodeId: "away" });
    expect(await codes()).not.toContain("operations_waiting");
    await database.pool.query(
      "update operations set created_at = now() - interval '11 minutes', not_before = now() - interval '11 minutes' where id = $1",
      [id],
    );
    await database.pool.query(
      "update operation_history set at = now() - interval '11 minutes' where operation_id = $1",
      [id],
    );
    expect((await get("/needs")).body.items).toContainEqual(
      expect.objectContaining({
        code: "operations_waiting",
        count: 1,
        params: expect.objectContaining({ node: "away" }),
      }),
    );
    await database.pool.query("delete from operations where id = $1", [id]);
  });

  test("failures are one line a kind until somebody has looked at them", async () => {
    for (const _ of [1, 2]) {
      const { id } = await enqueueOne(database, instance.operations, "test.fails");
      await instance.operations.wait(id, 10_000);
    }
    const { body } = await get("/needs");
    expect(body.items).toContainEqual(
      expect.objectContaining({
        code: "operations_failed",
        count: 2,
        params: expect.objectContaining({ kind: "test.fails" }),
      }),
    );
    await database.pool.query("update operations set looked_at = now() where state = 'failed'");
    expect(await codes()).not.toContain("operations_failed");
  });

  test("a part that is away is one; so is a source that can't be asked", async () => {
    problem = "The folder is gone.";
    expect((await get("/needs")).body.items).toContainEqual(
      expect.objectContaining({ code: "part_down", params: { part: "local", message: "The folder is gone." } }),
    );
    problem = null;
    const { hanging } = figures;
    Object.assign(figures, { hanging: () => Promise.reject(new Error("away")) });
    expect((await get("/needs")).body.items).toContainEqual(
      expect.objectContaining({ code: "source_failed", params: { source: "sessions" } }),
    );
    Object.assign(figures, { hanging });
  });
});

describe("curves", () => {
  test("days are summed up once, and read from there; today is counted now", async () => {
    expect(await sumUp(context, now)).toBe(90);
    expect(asked).toEqual([["2026-08-23", "2026-11-20"]]);
    expect(await sumUp(context, now)).toBe(0);
    // The last ones are counted anew: what was lost on them may have been settled since.
    expect(asked.at(-1)).toEqual(["2026-11-14", "2026-11-20"]);
    asked = [];
    const days = await lastDays(context, 9, now);
    expect(asked).toEqual([["2026-11-15", "2026-11-21"]]);
    expect(days.map(({ day }) => day)).toEqual(daysBefore(now, 9));
    expect(days[0]).toMatchObject({
      sessions_started: 2,
      ready_median_ms: 900,
      core_hours: "1.50000",
      room_bytes: null,
    });
    expect(days.slice(-2).map((day) => day.room_bytes)).toEqual([null, 4096]);
    // Only what is taken soon after midnight is what the day before ended with; and that stays.
    await database.pool.query("delete from overview_days where day = '2026-11-20'");
    expect(await sumUp(context, new Date("2026-11-21T00:07:00Z"))).toBe(1);
    await sumUp(context, now);
    expect((await lastDays(context, 2, now)).map((day) => day.room_bytes)).toEqual([4096, 4096]);
    await database.pool.query("delete from overview_days where day = '2026-11-13'");
    asked = [];
    expect(await lastDays(context, 9, now)).toHaveLength(9);
    expect(asked).toEqual([["2026-11-13", "2026-11-21"]]);
  });

  test("count who was here, not who was made or registered, nor what is done later in somebody's name", async () => {
    const at = new Date();
    const active = async () => (await lastDays(context, 1, at))[0]?.people_active ?? 0;
    const before = await active();
    const entry = (action: string, accountId: number, credentialKind: "cookie" | null) => ({
      action,
      actor: { accountId, label: "x", credentialKind, credentialId: null },
      subject: { kind: "k", id: "1" },
      about: [],
    });
    const absent = [
      entry("account.register", 501, null),
      entry("account.confirm", 501, null),
      entry("operation.succeed", 502, null),
    ];
    await database.db.transaction().execute((trx) => recordEntries(trx, absent));
    expect(await active()).toBe(before);
    const here = [entry("account.sign-in", 503, null), entry("a.b", 504, "cookie"), entry("a.b", 504, "cookie")];
    await database.db.transaction().execute((trx) => recordEntries(trx, here));
    expect(await active()).toBe(before + 2);
    const { body } = await get("/curves?days=7");
    expect(body.items).toHaveLength(7);
    expect((await get("/curves", "ann")).status).toBe(403);
  });
});
