import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { OperationKind } from "./contract.ts";
import { enqueueOne, historyOf, kindOf, openInstance, type TestInstance } from "./test-instance.ts";

/** Two processes' worth of everything on one database, for the whole file; each test has kinds of its own. */
let database: TestDatabase;
let a: TestInstance;
let b: TestInstance;

interface Call {
  readonly node: string;
  readonly id: string;
  readonly from: number;
  readonly to: number;
}
const calls = new Map<string, Call[]>();
let hold: Promise<void> = Promise.resolve();

function kindsOf(node: string): OperationKind[] {
  const recorded = (name: string, rest: Partial<OperationKind>, work: () => Promise<unknown>): OperationKind =>
    kindOf(name, {
      ...rest,
      async run(run) {
        const from = performance.now();
        await work();
        const call = { node, id: run.operation.subject.id, from, to: performance.now() };
        calls.set(name, [...(calls.get(name) ?? []), call]);
        return {};
      },
    });
  return [
    recorded("test.many", { concurrency: 5 }, () => delay(Math.random() * 5)),
    recorded("test.turns", { exclusive: true, concurrency: 4 }, () => delay(Math.random() * 10)),
    recorded("test.turns_too", { exclusive: true, concurrency: 4 }, () => delay(5)),
    recorded("test.bound", {}, async () => undefined),
    recorded("test.ticked", {}, async () => undefined),
    recorded("test.long", { heartbeatSeconds: 1 }, () => delay(2_200)),
    recorded("test.quick", {}, async () => undefined),
    recorded("test.shared_out", { concurrency: 3, perActor: 2 }, () => hold),
    recorded("test.handed_over", { concurrency: 1 }, () => hold),
  ];
}

beforeAll(async () => {
  database = await createTestDatabase();
  a = openInstance(database, { nodeId: "node-a", kinds: kindsOf("node-a") });
  b = openInstance(database, { nodeId: "node-b", kinds: kindsOf("node-b") });
  for (const { operations } of [a, b]) {
    const actor = { accountId: null, label: "system" };
    operations.schedule("every second", "* * * * * *", {
      kind: "test.ticked",
      subject: { kind: "test", id: "tick" },
      actor,
      input: {},
    });
  }
  await Promise.all([a.start(), b.start()]);
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await database.drop();
});

const enqueue = (kind: string, id: string, rest: Parameters<typeof enqueueOne>[3] = {}) =>
  enqueueOne(database, a.operations, kind, { subject: { kind: "test", id }, ...rest });

async function allEnded(kind: string, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from operations where kind = ${kind} and state = 'succeeded'`.execute(
        database.db,
      );
      expect(rows[0]?.count).toBe(count);
    },
    { timeout: 10_000, interval: 50 },
  );
}

describe("two processes", () => {
  test("share the work, and do each operation exactly once", async () => {
    const names = Array.from({ length: 80 }, (_, number) => `many ${number}`);
    await Promise.all(names.map((name) => enqueue("test.many", name)));
    await allEnded("test.many", 80);
    const done = calls.get("test.many") ?? [];
    expect(done.map((call) => call.id).sort()).toEqual(names.sort());
    expect(new Set(done.map((call) => call.node))).toEqual(new Set(["node-a", "node-b"]));
    const { rows } = await sql<{ most: number }>`
      select max(attempt)::int as most from operations where kind = 'test.many'`.execute(database.db);
    expect(rows[0]?.most).toBe(1);
  });

  test("never run more at once than the kind allows per process", () => {
    for (const node of ["node-a", "node-b"]) {
      const own = (calls.get("test.many") ?? []).filter((call) => call.node === node);
      for (const call of own) {
        const together = own.filter((other) => other.from < call.to && other.to > call.from);
        expect(together.filter((other) => other.from <= call.from && other.to > call.from).length).toBeLessThanOrEqual(
          5,
        );
      }
    }
  });

  test("keep exclusive operations of one subject apart and in order, of several kinds too", async () => {
    const order: string[] = [];
    for (let number = 0; number < 10; number++) {
      await enqueue(number % 3 === 2 ? "test.turns_too" : "test.turns", "one");
      await enqueue("test.turns", "two");
      order.push(number % 3 === 2 ? "test.turns_too" : "test.turns");
    }
    await allEnded("test.turns", 17);
    await allEnded("test.turns_too", 3);
    const done = ["test.turns", "test.turns_too"].flatMap((kind) =>
      (calls.get(kind) ?? []).map((call) => ({ ...call, kind })),
    );
    for (const subject of ["one", "two"]) {
      const own = done.filter((call) => call.id === subject).sort((x, y) => x.from - y.from);
      for (const [index, call] of own.entries()) expect(call.from).toBeGreaterThanOrEqual(own[index - 1]?.to ?? 0);
      if (subject === "one") expect(own.map((call) => call.kind)).toEqual(order);
    }
    const { rows } = await sql<{ ordered: boolean }>`
      select bool_and(started_at >= previous) as ordered from (select started_at, lag(finished_at) over
        (partition by subject_id order by seq) as previous from operations where exclusive) o`.execute(database.db);
    expect(rows[0]?.ordered).toBe(true);
  });

  test("run what is bound to a node on that node only", async () => {
    for (let number = 0; number < 6; number++) await enqueue("test.bound", "bound", { nodeId: "node-b" });
    await allEnded("test.bound", 6);
    expect(calls.get("test.bound")?.map((call) => call.node)).toEqual(Array(6).fill("node-b"));
  });

  test("fire a schedule once for each tick, and show it", async () => {
    await vi.waitFor(() => expect(calls.get("test.ticked")?.length).toBeGreaterThan(2), { timeout: 10_000 });
    const ticks = await database.db
      .selectFrom("operations")
      .select("created_at")
      .where("kind", "=", "test.ticked")
      .execute();
    const seconds = ticks.map((tick) => Math.floor(tick.created_at.getTime() / 1_000));
    expect(new Set(seconds).size).toBe(seconds.length);
    const shown = await database.db.selectFrom("operation_schedules").selectAll().execute();
    expect(shown).toMatchObject([{ name: "every second", cron: "* * * * * *", kind: "test.ticked" }]);
    expect(shown[0]?.last_operation_id).toBeTruthy();
  });

  test("keep a long one by its heartbeats", async () => {
    const { id } = await enqueue("test.long", "long");
    expect(await a.operations.wait(id, 8_000)).toMatchObject({ state: "succeeded", attempt: 1 });
    expect(calls.get("test.long")).toHaveLength(1);
  });
});

describe("without what usually tells them", () => {
  test("LISTEN is cut: operations still run within two seconds, and it listens again", async () => {
    const cut = () =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'stoa/listen' and datname = current_database()`.execute(database.db);
    await cut();
    const began = performance.now();
    const { id } = await enqueue("test.quick", "cut");
    expect(await a.operations.wait(id, 5_000)).toMatchObject({ state: "succeeded" });
    expect(performance.now() - began).toBeLessThan(2_500);
    await vi.waitFor(() => expect([a.events.listening, b.events.listening]).toEqual([true, true]), { timeout: 5_000 });
  });

  test("the queue has lost its jobs: the sweep puts them back", async () => {
    const { id } = await enqueue("test.quick", "lost", { startAfter: new Date(Date.now() + 300) });
    await sql`delete from pgboss.job where data ->> 'operation' = ${id}`.execute(database.db);
    expect(await a.operations.wait(id, 5_000)).toMatchObject({ state: "succeeded" });
  });

  test("one that waited for its turn is not put back before it", async () => {
    const far = new Date(Date.now() + 60_000);
    const { id } = await enqueue("test.turns", "apart");
    const later = await enqueue("test.turns", "apart", { startAfter: far });
    await a.operations.wait(id, 5_000);
    await delay(500);
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from pgboss.job where data ->> 'operation' = ${later.id}`.execute(database.db);
    expect(rows[0]?.count).toBe(1);
  });
});

test("a process that stops hands over what it doesn't finish, and the attempt doesn't count", async () => {
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const kinds = [
    kindOf("test.handed_over", {
      concurrency: 1,
      run: (run) => new Promise((_, reject) => run.signal.addEventListener("abort", () => reject(run.signal.reason))),
    }),
  ];
  const c = openInstance(database, { nodeId: "node-c", kinds });
  await c.start();
  // a and b are kept busy, so that c gets it.
  const busy = await Promise.all([enqueue("test.handed_over", "x"), enqueue("test.handed_over", "y")]);
  await vi.waitFor(async () => {
    const states = await Promise.all(busy.map(({ id }) => a.operations.get(id)));
    expect(states.map((operation) => operation?.state)).toEqual(["running", "running"]);
  });
  const { id } = await enqueue("test.handed_over", "z");
  await vi.waitFor(async () => expect((await a.operations.get(id))?.state).toBe("running"));
  await c.stop(50);
  release();
  const ended = await Promise.all(
    [...busy.map((operation) => operation.id), id].map((each) => a.operations.wait(each, 5_000)),
  );
  expect(ended.map((operation) => [operation.state, operation.attempt])).toEqual(Array(3).fill(["succeeded", 1]));
  const histories = await Promise.all(ended.map((operation) => historyOf(database, operation.id)));
  expect(histories.flat()).toContain("The server node-c is stopping. It goes on as soon as a server is free.");
});

test("an actor who asks for many of a kind leaves places to others, and gets all of them done", async () => {
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const of = (accountId: number) => ({ actor: { accountId, label: `person ${accountId}` } });
  const many = [];
  for (let count = 0; count < 12; count += 1) many.push(await enqueue("test.shared_out", `m${count}`, of(71)));
  const other = await enqueue("test.shared_out", "other", of(72));
  await vi.waitFor(async () => expect((await a.operations.get(other.id))?.state).toBe("running"), 5_000);
  const states = await Promise.all(many.map(({ id }) => a.operations.get(id)));
  expect(states.filter((operation) => operation?.state === "running")).toHaveLength(2);
  release();
  const ended = await Promise.all([...many, other].map(({ id }) => a.operations.wait(id, 10_000)));
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
});
