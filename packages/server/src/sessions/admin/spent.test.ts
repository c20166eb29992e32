import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { SessionsDb, SessionTables } from "../tables.ts";
import { createSpentQuotas } from "./spent.ts";

let database: TestDatabase;
let db: SessionsDb;
let workspaceId = 0;
const rows = async (text: string, values: unknown[] = []) => (await database.pool.query(text, values)).rows;

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db.withTables<SessionTables>();
  for (const name of ["ann", "bob", "cyd"]) {
    await rows("insert into accounts (username, username_key, email, full_name) values ($1, $1, $1, $1)", [name]);
  }
  await rows("insert into groups (name, name_key) values ('Lab', 'lab')");
  const [workspace] = await rows(
    "insert into workspaces (owner_id, name, description) values (1, 'w', '') returning id",
  );
  workspaceId = workspace.id;
});
afterAll(() => database.drop());
beforeEach(() => rows("delete from core_hour_quotas; delete from jobs"));

const allow = (account: number | null, allowed: number, period = "total", group: number | null = null) =>
  rows(
    "insert into core_hour_quotas (account_id, group_id, allowed, period, set_by_label) values ($1, $2, $3, $4, 'boss') returning id",
    [account, group, allowed, period],
  );
async function used(account: number, hours: number, { live = false, ago = "0 days" } = {}): Promise<number> {
  const [job] = await rows(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, cpus, status, created_at, ended_at,
       core_hours, core_hours_reserved)
     values ($1, $2, 'terminal', 'local', 'x', gen_random_uuid(), 1, $3, now() - $4::interval,
       case when $5 then null else now() end, $6, $7) returning id`,
    [account, workspaceId, live ? "running" : "complete", ago, live, live ? 0 : hours, live ? hours : 0],
  );
  return job.id;
}
const who = (found: readonly { accountId: number | null; groupId: number | null }[]) =>
  found.map(({ accountId, groupId }) => accountId ?? `group ${groupId}`);

it("is used up by what was taken and what is set aside, in all or this month, a person's or a group's", async () => {
  await allow(1, 2);
  await allow(2, 2, "month");
  await allow(3, 0);
  const [group] = await rows("select id from groups where name = 'Lab'");
  await allow(null, 3, "month", group.id);
  const spent = () => createSpentQuotas()(db, 9);
  expect(who(await spent())).toEqual([3]);
  await used(1, 1.5, { ago: "90 days" });
  const job = await used(2, 3, { ago: "40 days" });
  await rows("insert into session_groups (group_id, job_id) values ($1, $2)", [group.id, job]);
  expect(who(await spent())).toEqual([3]);
  await used(1, 0.5, { live: true });
  const second = await used(2, 3);
  await rows("insert into session_groups (group_id, job_id) values ($1, $2)", [group.id, second]);
  expect(who(await spent())).toEqual([1, 2, 3, `group ${group.id}`]);
  expect((await spent()).map(({ none }) => none)).toEqual([false, false, true, false]);
  expect(who(await createSpentQuotas()(db, 2))).toEqual([1, 2]);
});

it("is looked for among all now and then, and among those found each time", async () => {
  await allow(1, 1);
  await allow(2, 1);
  await used(1, 1);
  let now = 0;
  const spent = createSpentQuotas(() => now);
  expect(who(await spent(db, 5))).toEqual([1]);
  await used(2, 1);
  now = 29_000;
  expect(who(await spent(db, 5)), "20,000 are not looked through at every event").toEqual([1]);
  await rows("update core_hour_quotas set allowed = 5 where account_id = 1");
  expect(who(await spent(db, 5)), "given more: gone at once").toEqual([]);
  now = 30_001;
  expect(who(await spent(db, 5))).toEqual([2]);
  expect(who(await spent(db, 50)), "more are asked for than were looked for").toEqual([2]);
});
