import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { markRead } from "./queries.ts";
import { thin } from "./tidy.ts";

let database: TestDatabase;
let ann = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  const { rows } = await query(`insert into accounts (username, username_key, email, full_name)
    values ('ann', 'ann', 'ann@example.org', 'Ann') returning id`);
  ann = rows[0].id;
});
afterAll(() => database.drop());

const query = (text: string, values?: unknown[]) => database.pool.query(text, values);
const IDS = [1001, 1002, 1003, 1004, 1005] as const;

/** They lie in the table from the last to the first. */
async function writeFromTheLast(mail: string, age: string): Promise<void> {
  await query("delete from notices");
  await query(
    `insert into notices (id, account_id, kind, key, subject_kind, subject_id, said, shown, mail, created_at)
     overriding system value
     select n, $2, 'share.offered', n::text, 'share', n::text, '{}', true, $3, now() - $4::interval
     from unnest($1::bigint[]) n order by 1 desc`,
    [IDS, ann, mail, age],
  );
}

async function areWaiting(count: number): Promise<void> {
  const text =
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  await expect.poll(async () => (await query(text)).rows[0].n).toBe(count);
}

const db = () => database.db as unknown as Parameters<typeof thin>[0];
const read = (which: Parameters<typeof markRead>[2]) => () =>
  db()
    .transaction()
    .execute((trx) => markRead(trx, ann, which));
const tidied = (keptPerPerson: number) => () => thin(db(), { keptDays: 30, keptPerPerson });

it.each<[string, [mail: string, age: string], () => Promise<number>, number]>([
  ["all that somebody reads", ["none", "1 hour"], read("all"), IDS.length],
  ["some that somebody reads", ["none", "1 hour"], read({ ids: IDS.toReversed() }), IDS.length],
  ["mails that come too late", ["due", "2 days"], tidied(99), 0],
  ["what is too old", ["none", "40 days"], tidied(99), IDS.length],
  ["what is too much for one person", ["none", "1 hour"], tidied(0), IDS.length],
])("rows are locked by their numbers, whatever order they are found in: %s", async (_what, rows, statement, count) => {
  await writeFromTheLast(...rows);
  const [holder, another] = [await database.pool.connect(), await database.pool.connect()];
  try {
    await holder.query("begin");
    await holder.query("select from notices where id = $1 for update", [IDS[2]]);
    // It has locked what comes before that one in its order; another, that goes by the numbers, waits for the same.
    const asked = statement();
    asked.catch(() => undefined);
    await areWaiting(1);
    const locked = another.query("select id from notices order by id for no key update");
    locked.catch(() => undefined);
    await areWaiting(2);
    await holder.query("commit");
    await locked;
    expect(await asked).toBe(count);
  } finally {
    holder.release(true);
    another.release(true);
  }
});
