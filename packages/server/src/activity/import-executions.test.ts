import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createTestPlatform, type TestPlatform } from "../testing/test-platform.ts";
import { type ComingExecution, createExecutionImport } from "./import-executions.ts";
import { prepare } from "./ingest/prepare.ts";
import { writeExecutions } from "./ingest/write.ts";
import { createMonths } from "./months/months.ts";
import type { ActivityTables } from "./tables.ts";

const ORIGIN = { source: "portal", by: "operator at the host (root)", reading: { id: "id" } };

let database: TestDatabase;
let platform: TestPlatform;
let [ada, ben] = [0, 0];
beforeAll(async () => {
  database = await createTestDatabase();
  platform = createTestPlatform({ db: database.db });
  [ada, ben] = [await makeAccount("ada"), await makeAccount("ben")];
});
afterAll(() => database.drop());

async function makeAccount(name: string): Promise<number> {
  const { rows } = await database.pool.query(
    "insert into accounts (username, username_key, email, full_name) values ($1, $1, $1, $1) returning id",
    [name],
  );
  return rows[0].id;
}

function execution(accountId: number, timestamp: string, changes: Partial<ComingExecution> = {}): ComingExecution {
  const plain = { cellNumber: 1, code: "1", milliseconds: 10, failed: false, error: null };
  return { accountId, id: randomUUID(), timestamp, ...plain, ...changes };
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await database.pool.query(sql)).rows;
}

/** Of each person: the executions there are, and those in the figures by person and by day. */
function figures() {
  return rows(`select a.username, count(*)::int as there, t.executions::int, t.errors::int, t.milliseconds::int,
      (select sum(executions)::int from activity_days d where d.account_id = a.id) as days
    from accounts a join activity_totals t on t.account_id = a.id join activity_executions e on e.account_id = a.id
    group by a.id, t.account_id order by 1`);
}

test("executions of several people and old months come once, with their figures and an audit entry", async () => {
  const target = createExecutionImport(platform);
  const coming = [
    execution(ada, "2009-02-28 23:59:59.999999"),
    execution(ben, "2009-03-01 00:00:00", { failed: true, error: "no\0" }),
    execution(ada, "2031-01-01T00:00:00.5+03:30", { milliseconds: 5, code: "a\ud800b" }),
  ];
  expect(await target.known(coming)).toEqual(new Set());
  expect(await target.take([...coming, ...coming.slice(0, 1)], ORIGIN)).toBe(3);
  expect(await target.known(coming)).toEqual(new Set(coming.map(({ id }) => id)));
  expect(await target.take(coming, ORIGIN)).toBe(0);
  expect(await target.take([], ORIGIN)).toBe(0);
  expect(await figures()).toEqual([
    { username: "ada", there: 2, executions: 2, errors: 0, milliseconds: 15, days: 2 },
    { username: "ben", there: 1, executions: 1, errors: 1, milliseconds: 10, days: 1 },
  ]);
  expect(await rows("select at, code, error from activity_executions order by at")).toEqual([
    { at: new Date("2009-02-28T23:59:59.999Z"), code: "1", error: null },
    { at: new Date("2009-03-01T00:00:00Z"), code: "1", error: "no\ufffd" },
    { at: new Date("2030-12-31T20:30:00.500Z"), code: "a\ufffdb", error: null },
  ]);
  expect(platform.recorded.audit).toMatchObject([
    { action: "activity.import", actor: { label: ORIGIN.by }, details: { source: "portal", executions: 3 } },
  ]);
});

test("an import beside people's own reports, both ways round, loses nothing and ends in no deadlock", async () => {
  const target = createExecutionImport(platform);
  const db = database.db.withTables<ActivityTables>();
  const context = { platform, db, months: createMonths(db) };
  const now = new Date().toISOString();
  const report = (accountId: number) =>
    writeExecutions(
      context,
      accountId,
      prepare([{ code: "2", status: "success", execution_time_ms: 1, timestamp: now }], 24).kept,
    );
  const before = await figures();
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => [
      target.take([execution(n % 2 ? ada : ben, now), execution(n % 2 ? ben : ada, now)], ORIGIN),
      report(n % 2 ? ada : ben),
    ]).flat(),
  );
  const after = await figures();
  for (const [index, person] of after.entries()) {
    const there = Number(before[index]?.there) + 30;
    expect(person).toMatchObject({ there, executions: there, days: there });
  }
});

test("a month that was dropped meanwhile is made again", async () => {
  const target = createExecutionImport(platform);
  const first = execution(ada, "2015-05-05 05:05:05");
  await target.take([first], ORIGIN);
  await rows("drop table activity_executions_2015_05");
  expect(await target.take([execution(ada, "2015-05-06 05:05:05")], ORIGIN)).toBe(1);
});

test("nothing of a batch with somebody who isn't there is kept", async () => {
  const target = createExecutionImport(platform);
  const good = execution(ada, "2016-01-01 00:00:00");
  await expect(target.take([good, execution(999_999, "2016-01-01 00:00:00")], ORIGIN)).rejects.toThrow();
  expect(await target.known([good])).toEqual(new Set());
});

test("what somebody erased is known since they came, up to when they did", async () => {
  const target = createExecutionImport(platform);
  const erase = (details: object) =>
    database.pool.query(
      `insert into audit_entries (action, actor_label, subject_kind, subject_id, outcome, details)
       values ('activity.erase', 'ada', 'account', $1, 'done', $2)`,
      [String(ada), JSON.stringify(details)],
    );
  await erase({ from: null, to: null });
  await rows(`insert into imported_things (source, kind, old_id, new_id, at)
    values ('portal', 'person', 1, ${ada}, now() + interval '1 millisecond')`);
  expect(await target.erased("portal")).toEqual(new Map());
  await new Promise((resolve) => setTimeout(resolve, 20));
  await erase({ from: "2020-01-01T00:00:00.000Z", to: "2020-02-01T00:00:00.000Z" });
  await erase({ from: null, to: null });
  const [range, all] = (await target.erased("portal")).get(ada) ?? [];
  expect(range).toEqual({ from: new Date("2020-01-01"), to: new Date("2020-02-01") });
  expect(all?.from).toEqual(new Date(0));
  expect(Math.abs(Number(all?.to) - Date.now())).toBeLessThan(60_000);
  expect(await target.erased("another")).toEqual(new Map());
});

test("what somebody has erased while it comes does not come", async () => {
  const target = createExecutionImport(platform);
  const carl = await makeAccount("carl");
  await database.pool.query(
    "insert into imported_things (source, kind, old_id, new_id) values ('portal', 'person', 77, $1)",
    [carl],
  );
  await database.pool.query("insert into activity_totals (account_id) values ($1)", [carl]);
  const client = await database.pool.connect();
  await client.query("begin");
  await client.query("select from activity_totals where account_id = $1 for update", [carl]);
  const later = new Date(Date.now() + 60_000).toISOString();
  const coming = [execution(carl, "2026-02-01T00:00:00Z"), execution(carl, later)];
  expect((await target.erased(ORIGIN.source)).get(carl)).toBeUndefined();
  const taken = target.take(coming, ORIGIN);
  await vi.waitFor(async () => {
    expect(
      await rows("select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"),
    ).toHaveLength(1);
  });
  await client.query(
    `insert into audit_entries (action, actor_label, subject_kind, subject_id, outcome, details)
     values ('activity.erase', 'carl', 'account', $1, 'done', '{"from":null,"to":null}')`,
    [String(carl)],
  );
  await client.query("commit");
  client.release();
  expect(await taken).toBe(1);
  expect(await rows(`select at from activity_executions where account_id = ${carl}`)).toEqual([
    { at: new Date(later) },
  ]);
});
