import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { type TestPlatform, testConfig } from "../../testing/test-platform.ts";
import { createActivity } from "../activity.ts";
import type { ActivityTables } from "../tables.ts";
import { type ActivityServer, cell, createActivityServer, daysAgo } from "../testing-reports.ts";
import { beginOf, monthOf, monthOfTable, oldestKept, tableOf } from "./month.ts";
import { createMonths } from "./months.ts";
import { PEOPLE_AT_ONCE } from "./upkeep.ts";

const KEPT = 2;
let server: ActivityServer;
let ann: TestPerson;

beforeAll(async () => {
  server = await createActivityServer({ config: { activity: { ...testConfig().activity, keptMonths: KEPT } } });
  ann = await server.person("ann");
});
afterAll(() => server.close());
beforeEach(() => server.rows("truncate activity_executions, activity_days, activity_totals"));

const months = () => createMonths(server.platform.db.withTables<ActivityTables>());
const now = monthOf(new Date());
const upkeep = () => server.operations.runAs("x", "activity.upkeep", { kind: "activity", id: "all" });
/** As it was reported when that month was kept. */
async function ranLongAgo(back: number): Promise<void> {
  await months().ensure([now - back]);
  const at = beginOf(now - back);
  await server.rows(
    `insert into activity_executions (account_id, at, entry_id, milliseconds, failed, cut, code, folded)
     values ($1, $2, gen_random_uuid(), 5, true, false, 'old', 'old')`,
    [ann.id, at],
  );
  await server.rows("insert into activity_days values ($1, $2::timestamptz at time zone 'UTC', 1, 1, 5, $2)", [
    ann.id,
    at,
  ]);
  await server.rows(
    `insert into activity_totals values ($1, 1, 1, 5, $2) on conflict (account_id) do update set
     executions = activity_totals.executions + 1, errors = activity_totals.errors + 1,
     milliseconds = activity_totals.milliseconds + 5`,
    [ann.id, at],
  );
}
const partitions = async () => (await months().list()).map((month) => now - month).sort((a, b) => b - a);

describe("months", () => {
  it("are counted in UTC, and named so that a name is read again", () => {
    expect(tableOf(monthOf(new Date("2026-01-31T23:59:59Z")))).toBe("activity_executions_2026_01");
    expect(beginOf(monthOf(new Date("2025-12-31T23:59:59Z")) + 1).toISOString()).toBe("2026-01-01T00:00:00.000Z");
    expect(monthOfTable("activity_executions_2026_01")).toBe(monthOf(new Date("2026-01-01T00:00:00Z")));
    expect(monthOfTable("activity_executions_search")).toBeNull();
    expect(oldestKept(new Date("2026-03-15T00:00:00Z"), 2)).toBe(monthOf(new Date("2026-01-01T00:00:00Z")));
  });

  it("are made by whoever needs them, several processes at once", async () => {
    const wanted = [now - 30, now - 31];
    await Promise.all([months(), months(), months()].map((one) => one.ensure(wanted)));
    expect(await months().list()).toEqual(expect.arrayContaining(wanted));
    for (const month of wanted) await months().drop(month);
    await months().drop(wanted[0] as number);
    expect(await months().list()).not.toEqual(expect.arrayContaining(wanted));
  });

  it("have every index of the whole, the text's too", async () => {
    await months().ensure([now]);
    const [{ whole, part } = { whole: 0, part: 0 }] = await server.rows<{ whole: number; part: number }>(
      `select (select count(*)::int from pg_index where indrelid = 'activity_executions'::regclass) as whole,
        (select count(*)::int from pg_index where indrelid = $1::regclass) as part`,
      [tableOf(now)],
    );
    expect(part).toBe(whole);
    expect(part).toBe(6);
  });

  it("that another process has dropped are made again when something of them comes", async () => {
    const [execution, again] = [cell(), cell()];
    expect((await server.report(ann, [execution])).body.taken).toBe(1);
    await months().drop(now);
    expect((await server.report(ann, [again])).body.taken).toBe(1);
  });
});

describe("upkeep", () => {
  it("drops what is kept no longer, whole and with its figures, and makes what comes", async () => {
    await server.report(ann, [cell(), cell({ timestamp: daysAgo(28) })]);
    await ranLongAgo(KEPT);
    await ranLongAgo(KEPT + 1);
    await ranLongAgo(KEPT + 7);
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 5, total_errors: 3 });
    expect(await upkeep()).toEqual({ dropped: 2 });
    expect(await partitions()).toEqual(expect.arrayContaining([KEPT, 0, -1, -2, -3]));
    expect(Math.max(...(await partitions()))).toBe(KEPT);
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 3, total_errors: 1 });
    expect(await server.rows("select sum(executions)::int as sum from activity_days")).toEqual([{ sum: 3 }]);
    expect(await upkeep()).toEqual({ dropped: 0 });
  });

  it("killed between the two drops the figures the next time", async () => {
    await ranLongAgo(KEPT + 1);
    const crash = server.operations.runAs("x", "activity.upkeep", { kind: "activity", id: "all" }, { crashAt: 1 });
    await expect(crash).rejects.toThrow("killed");
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 1 });
    expect(await upkeep()).toEqual({ dropped: 0 });
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 0, last_execution: null });
  });

  it("goes on beside reports", async () => {
    await ranLongAgo(KEPT + 2);
    const reports = Array.from({ length: 5 }, () => server.report(ann, [cell()]));
    const [done, ...answers] = await Promise.all([upkeep(), ...reports]);
    expect(done).toEqual({ dropped: 1 });
    expect(answers.map(({ status }) => status)).toEqual(new Array(5).fill(200));
    expect(await server.activity.statsOf(ann.id)).toMatchObject({ total_executions: 5 });
  });

  it("holds some people's figures at once, never everybody's", async () => {
    const people = [ann];
    for (let n = 0; n < PEOPLE_AT_ONCE; n += 1) people.push(await server.person(`person${n}`));
    const at = beginOf(now - KEPT - 1);
    for (const { id } of people) {
      await server.rows("insert into activity_days values ($1, $2::timestamptz at time zone 'UTC', 1, 0, 5, $2)", [
        id,
        at,
      ]);
      await server.rows("insert into activity_totals values ($1, 1, 0, 5, $2)", [id, at]);
    }
    const last = people.at(-1) as TestPerson;
    const release = Promise.withResolvers<void>();
    const writing = server.platform.db.transaction().execute(async (trx) => {
      await sql`select from activity_totals where account_id = ${last.id} for update`.execute(trx);
      await release.promise;
    });
    const done = upkeep();
    const left = () => server.rows("select account_id from activity_days");
    await vi.waitFor(async () => expect(await left()).toEqual([{ account_id: last.id }]), 10_000);
    expect((await server.report(ann, [cell()])).status).toBe(200);
    release.resolve();
    await Promise.all([writing, done]);
    expect(await server.rows("select sum(executions)::int as sum from activity_totals")).toEqual([{ sum: 1 }]);
  });

  it("keeps all where all is to be kept, and refuses reports of what it would drop", async () => {
    await ranLongAgo(KEPT + 1);
    const { platform } = server;
    const forEver: TestPlatform = {
      ...platform,
      config: { ...platform.config, activity: { ...platform.config.activity, keptMonths: 0 } },
    };
    createActivity(forEver, server.accounts);
    expect(await upkeep()).toEqual({ dropped: 0 });
    createActivity(platform, server.accounts);
    const before = new Date(beginOf(now - KEPT).getTime() - 1).toISOString();
    const { body } = await server.report(ann, [cell({ timestamp: before })]);
    expect(body.refused).toMatchObject([{ reason: "too_old" }]);
  });
});
