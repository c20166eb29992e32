import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { enqueueOne, kindOf, openInstance, type TestInstance } from "./test-instance.ts";

let database: TestDatabase;
let instance: TestInstance;
const few = kindOf("test.few", { concurrency: 3, perActor: 1, run: async () => ({ slept: await delay(20, true) }) });
beforeAll(async () => {
  database = await createTestDatabase();
  instance = openInstance(database, { kinds: [kindOf("test.waiting"), few], times: { sweepMs: 600_000 } });
  await instance.start();
});
afterAll(async () => {
  await instance.stop();
  await database.drop();
});

/** Queued for an hour from now, with a job each. */
async function fill(count: number): Promise<void> {
  await sql`
    insert into operations (id, kind, subject_kind, subject_id, actor_label, input, max_attempts, cancellable, exclusive,
      queue, job_id, not_before)
    select gen_random_uuid(), 'test.waiting', 'test', n::text, 'Ada', '{}', 3, false, false, 'test.waiting',
      gen_random_uuid(), now() + interval '1 hour'
    from generate_series(1, ${count}::int) n`.execute(database.db);
  const jobs = sql`
    insert into pgboss.job (id, name, data, start_after, policy, retry_limit, expire_seconds, deletion_seconds, keep_until)
    select o.job_id, o.queue, jsonb_build_object('operation', o.id), o.not_before, 'standard', 0, 60, 3600,
      now() + interval '14 days'
    from operations o`;
  await jobs.execute(database.db);
}

const withoutJob = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from operations o
    where not exists (select 1 from pgboss.job j where j.id = o.job_id)`.execute(database.db);
  return rows[0]?.count;
};

test("a long queue is swept in little time, and a lost one at one go", async () => {
  await fill(6_000);
  await sql`delete from pgboss.job where id in (select job_id from operations limit 500)`.execute(database.db);
  expect(await withoutJob()).toBe(500);
  const second = openInstance(database, { kinds: [kindOf("test.waiting")], times: { sweepMs: 600_000 } });
  const began = performance.now();
  await second.start();
  // Three batches; the next regular sweep is ten minutes away.
  await vi.waitFor(async () => expect(await withoutJob()).toBe(0), { timeout: 20_000, interval: 50 });
  expect(performance.now() - began).toBeLessThan(20_000);
  await second.stop();
}, 30_000);

test("a row that has a job by another id is told so, and gets no second one", async () => {
  await sql`update operations set job_id = gen_random_uuid() where subject_id = '7'`.execute(database.db);
  const second = openInstance(database, { kinds: [kindOf("test.waiting")], times: { sweepMs: 600_000 } });
  await second.start();
  await vi.waitFor(async () => expect(await withoutJob()).toBe(0), { timeout: 5_000 });
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pgboss.job j
    join operations o on j.data ->> 'operation' = o.id::text where o.subject_id = '7'`.execute(database.db);
  expect(rows[0]?.count).toBe(1);
  await second.stop();
});

test("what waits for its actor's earlier operations is begun by their end, without a sweep", async () => {
  const asked = [];
  for (let count = 0; count < 8; count += 1) asked.push(await enqueueOne(database, instance.operations, "test.few"));
  const ended = await Promise.all(asked.map(({ id }) => instance.operations.wait(id, 8_000)));
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
});
