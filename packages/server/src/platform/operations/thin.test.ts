import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { operationReferences } from "../../operation-references.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { testConfig } from "../../testing/test-platform.ts";
import type { NewOperation, OperationKind, Operations } from "./contract.ts";
import { keepOperationsThin, thinOperations } from "./thin.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => sql("truncate operations, operation_keys, operation_schedules cascade"));

const sql = async (text: string, values: unknown[] = []) => (await database.pool.query(text, values)).rows;
const signal = new AbortController().signal;
const thin = (keptDays = 30, more: object = {}) =>
  thinOperations(database.db, operationReferences, { keptDays, signal, ...more });
const left = async () => (await sql("select subject_id from operations order by seq")).map((row) => row.subject_id);

/** One that was asked for and, unless it goes on, ended so many days ago. */
async function add(name: string, days: number, state = "succeeded"): Promise<string> {
  const ended = ["succeeded", "failed", "cancelled"].includes(state);
  const [row] = await sql(
    `insert into operations (id, kind, subject_kind, subject_id, actor_label, input, max_attempts, cancellable, exclusive,
       queue, state, created_at, finished_at)
     values (gen_random_uuid(), 'test', 'test', $1, 'Ada', '{}', 1, false, false, 'test', $2,
       now() - $3 * interval '1 day', case when $4 then now() - $3 * interval '1 day' end) returning id`,
    [name, state, days, ended],
  );
  await sql("insert into operation_history (operation_id, text) values ($1, 'a line')", [row.id]);
  return row.id;
}

test("what ended long ago goes with its history; what goes on, or ended lately, stays", async () => {
  for (const state of ["succeeded", "failed", "cancelled", "queued", "running"]) await add(`old ${state}`, 31, state);
  const long = await add("took long", 60);
  await sql("update operations set finished_at = now() - interval '1 day' where id = $1", [long]);
  await add("young", 29);
  expect(await thin()).toBe(3);
  expect(await left()).toEqual(["old queued", "old running", "took long", "young"]);
  expect(await sql("select count(*)::int as lines from operation_history")).toEqual([{ lines: 4 }]);
  expect(await thin()).toBe(0);
});

test("in many batches as in one, past what stays among them", async () => {
  for (let n = 0; n < 25; n += 1) await add(`${n}`, 40, n % 10 === 0 ? "running" : "succeeded");
  expect(await thin(30, { atOnce: 4 })).toBe(22);
  expect(await left()).toEqual(["0", "10", "20"]);
});

test("what anything still refers to stays, until it doesn't", async () => {
  const [asked, scheduled, sent, answered] = [
    await add("deletion", 90, "failed"),
    await add("schedule", 90),
    await add("share", 90),
    await add("answered share", 90),
  ];
  const [account] = await sql(
    `insert into accounts (username, username_key, email, full_name, deletion_operation_id)
     values ('ann', 'ann', 'ann@example.org', 'Ann', $1) returning id`,
    [asked],
  );
  const [other] = await sql(
    "insert into accounts (username, username_key, email, full_name) values ('bob', 'bob', 'b@example.org', 'Bob') returning id",
  );
  await sql(
    "insert into operation_schedules (name, cron, kind, next_at, last_operation_id) values ('s', '* * * * *', 'test', now(), $1)",
    [scheduled],
  );
  await shareOf(account.id, other.id, sent, null);
  await shareOf(account.id, other.id, answered, "accepted");
  expect(await thin()).toBe(1);
  expect(await left()).toEqual(["deletion", "schedule", "share"]);
  await sql("update workspace_shares set answer = 'declined', answered_at = now() where answer is null");
  await sql("update accounts set deletion_operation_id = null");
  await sql("delete from operation_schedules");
  expect(await thin()).toBe(3);
});

async function shareOf(sender: number, receiver: number, operation: string, answer: string | null): Promise<void> {
  const make = "insert into workspaces (owner_id, name, description) values ($1, 'w', '') returning id";
  const [[original], [copy]] = [await sql(make, [sender]), await sql(make, [receiver])];
  await sql(
    `with offer as (insert into share_offers (original_workspace_id, sender_id, name, description, request_details,
       current_details, disk_space) values ($1, $2, 'w', '', '{}', '{}', 0) returning id)
     insert into workspace_shares (id, offer_id, original_workspace_id, sender_id, receiver_id, operation_id, answer, answered_at)
     select $3::bigint, offer.id, $1, $2, $4::bigint, $5::uuid, $6::text, case when $6::text is not null then now() end from offer`,
    [original.id, sender, copy.id, receiver, operation, answer],
  );
}

test("every column that names an operation is known", async () => {
  const own = ["operation_history", "operation_keys", "operation_schedules"];
  const rows = await sql(
    "select table_name, column_name from information_schema.columns where table_schema = 'public' and column_name like '%operation_id'",
  );
  const found = rows
    .filter((row) => !own.includes(row.table_name))
    .map((row) => `${row.table_name}.${row.column_name}`);
  expect(found.sort()).toEqual(operationReferences.map(({ table, column }) => `${table}.${column}`).sort());
});

test("it is scheduled, but where everything is to be kept", async () => {
  const scheduled = (keptDays: number) => {
    const [kinds, operations]: [OperationKind[], Omit<NewOperation, "idempotencyKey">[]] = [[], []];
    const recording = {
      register: (kind: OperationKind) => void kinds.push(kind),
      schedule: (_name: string, _cron: string, operation: NewOperation) => void operations.push(operation),
    } as unknown as Operations;
    const config = { ...testConfig(), operations: { keptDays } };
    keepOperationsThin({ db: database.db, config, operations: recording }, operationReferences);
    return { kinds, operations };
  };
  await add("ancient", 30_000);
  const never = scheduled(0);
  expect(never.operations).toEqual([]);
  expect(await never.kinds[0]?.run({ signal } as never)).toEqual({ removed: 0 });
  const nightly = scheduled(90);
  expect(nightly.operations).toMatchObject([{ kind: "operations.thin" }]);
  expect(await nightly.kinds[0]?.run({ signal } as never)).toEqual({ removed: 1 });
});
