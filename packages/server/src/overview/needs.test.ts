import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../platform/database/database.ts";
import type { SessionFigures } from "../sessions/sessions.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createTestPlatform } from "../testing/test-platform.ts";
import type { OverviewContext, OverviewSources } from "./context.ts";
import { createNeeds } from "./needs.ts";
import { shareRuns } from "./shared-run.ts";
import type { OverviewTables } from "./tables.ts";

let database: TestDatabase;
let context: OverviewContext;
let hanging: (db: Db) => Promise<unknown> = async () => undefined;
let looks: () => null = () => null;
/** What each question of the domains waits for. */
let question: () => Promise<void> = async () => undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  const platform = createTestPlatform({ db: database.db });
  const none = async () => {
    await question();
    return [];
  };
  const sources: OverviewSources = {
    sessions: (db) => {
      const figures: SessionFigures = {
        days: none,
        async hanging() {
          await hanging(db);
          await question();
          return { count: 0, items: [] };
        },
        silentHosts: none,
        spent: none,
        failingTypes: none,
      };
      return figures;
    },
    accounts: () => ({ pending: async () => ({ count: 0, newest: null }), deletions: none }),
    people: { byIds: async () => new Map() },
    groupName: async () => null,
    roomUsed: async () => 0,
    storageOver: async () => null,
    load: () => ({ load: 0, cores: 1 }),
    health: { resources: { local: async () => looks() } },
  };
  context = { platform, db: database.db.withTables<OverviewTables>(), sources };
});
afterAll(() => database.drop());
beforeEach(() => {
  hanging = async () => undefined;
  looks = () => null;
  question = async () => undefined;
});

/** Of sessions alone: a machine that is busy may be late with others, and there is no data directory. */
const sessionsFailed = (needs: readonly { code: string; params: Readonly<Record<string, unknown>> }[]) =>
  needs.some(({ code, params }) => code === "source_failed" && params.source === "sessions");
const sleeping = async () => {
  const { rows } = await database.pool.query(
    "select 1 from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()",
  );
  return rows.length;
};

test("people over their storage quota are one line, however many", async () => {
  const at = new Date();
  const sources = { ...context.sources, storageOver: async () => ({ count: 3, at }) };
  const needs = await createNeeds({ ...context, sources })();
  expect(needs.filter(({ code }) => code === "storage_over")).toEqual([
    { code: "storage_over", tone: "warn", at, count: 3, subject: null, params: {} },
  ]);
});

describe("a source that is slow", () => {
  test("is given up by PostgreSQL too: nothing of it goes on", async () => {
    let ended: Promise<unknown> = Promise.resolve();
    hanging = (db) => {
      ended = sql`select pg_sleep(20)`.execute(db).then(
        () => "slept",
        () => "ended",
      );
      return ended;
    };
    const read = createNeeds(context, 1_000);
    const asked = read();
    await expect.poll(sleeping, { timeout: 2_000, interval: 20 }).toBe(1);
    expect(sessionsFailed(await asked)).toBe(true);
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3_000, "goes on"))])).toBe("ended");
    // It says so before it is idle again.
    await expect.poll(sleeping, { timeout: 3_000, interval: 20 }).toBe(0);
  });

  test("begins no other statement once its time is over", async () => {
    let second: Promise<unknown> = Promise.resolve();
    hanging = async (db) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      second = sql`select 1`.execute(db).catch((error: Error) => error.message);
      await second;
    };
    await createNeeds(context, 200)();
    await expect.poll(() => second).toContain("time");
  });

  test("has for each statement what the ones before it left", async () => {
    const allowed: number[] = [];
    hanging = async (db) => {
      // The first one too takes longer than what is rounded away.
      for (const seconds of [0.01, 0.3]) {
        await sql`select pg_sleep(${seconds})`.execute(db);
        const left = await sql<{ ms: number }>`
          select setting::int as ms from pg_settings where name = 'statement_timeout'`.execute(db);
        allowed.push(left.rows[0]?.ms ?? 0);
      }
    };
    expect(sessionsFailed(await createNeeds(context, 20_000)())).toBe(false);
    const [first = 0, second = 0] = allowed;
    expect(first).toBeLessThan(20_000);
    expect(second).toBeGreaterThan(0);
    expect(first - second).toBeGreaterThanOrEqual(300);
  });

  test("is not asked anew while it has not answered, and is once it has", async () => {
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    hanging = () => {
      asked += 1;
      return gate.promise;
    };
    const read = createNeeds(context, 100);
    for (let turn = 0; turn < 3; turn += 1) expect(sessionsFailed(await read())).toBe(true);
    expect(asked).toBe(1);
    gate.resolve();
    await expect.poll(async () => sessionsFailed(await read())).toBe(false);
    expect(asked).toBeGreaterThan(1);
  });
});

test("it asks the database few questions at a time, and all of them", async () => {
  let [now, most, asked] = [0, 0, 0];
  question = async () => {
    now += 1;
    asked += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 40));
    now -= 1;
  };
  await createNeeds(context)();
  // Of the sessions four, of the accounts one.
  expect(asked).toBe(5);
  expect(most).toBeLessThanOrEqual(3);
});

describe("many who ask at once", () => {
  test("share one run, and whoever comes while it goes on one that began after they asked", async () => {
    let runs = 0;
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    looks = () => {
      runs += 1;
      return null;
    };
    hanging = () => (gates[runs - 1] ?? { promise: Promise.resolve() }).promise;
    const read = createNeeds(context);
    const answers = [read()];
    await expect.poll(() => runs).toBe(1);
    for (let more = 0; more < 50; more += 1) answers.push(read());
    expect(runs).toBe(1);
    gates[0]?.resolve();
    await answers[0];
    await expect.poll(() => runs).toBe(2);
    gates[1]?.resolve();
    await Promise.all(answers);
    expect(runs).toBe(2);
  });

  test("are told of its failure, all of them, and the next run is none the worse", async () => {
    let runs = 0;
    const share = shareRuns(async () => {
      runs += 1;
      if (runs < 3) throw new Error(`run ${runs}`);
      return runs;
    });
    const told = await Promise.allSettled([share(), share(), share()]);
    expect(told.map((one) => (one.status === "rejected" ? one.reason.message : one.value))).toEqual([
      "run 1",
      "run 2",
      "run 2",
    ]);
    expect(await share()).toBe(3);
  });
});
