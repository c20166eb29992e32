import { afterAll, beforeAll, expect, it } from "vitest";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";

let stoa: StorageServer;

beforeAll(async () => {
  stoa = await createStorageServer();
  // The scan in the background waits as if another server were at it.
  await heldElsewhere();
  await stoa.server.call("POST", "/api/stoa/v1/groups", { as: stoa.admin, body: { name: "A group" } });
});
afterAll(() => stoa.close());

const query = (text: string, values?: unknown[]) => stoa.server.database.pool.query(text, values);

const heldElsewhere = () =>
  query(`insert into leases values ('storage.scan', 'another', now() + interval '1 day')
    on conflict (name) do update set holder = excluded.holder, until = excluded.until`);

async function scanNow(): Promise<void> {
  await query("delete from leases where name = 'storage.scan'");
  await stoa.storage.upkeep.scan.round();
}

async function endRaises(): Promise<void> {
  await stoa.storage.upkeep.reconcile.round({ list: false });
  expect((await query("select id from storage_subjects where raise > 0")).rows).toEqual([]);
}

async function deleteGroup(): Promise<void> {
  await query("delete from groups where id = (select max(id) from groups)");
}

const IDS = [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009] as const;

/** They lie in the table, and in the index of names, from the last to the first, and are due in that order too. */
async function writeFromTheLast(changed: string, values: string): Promise<void> {
  await query("delete from storage_subjects");
  await query(
    `insert into storage_subjects (id, kind, name, settled, wanted, scan_at${changed}) overriding system value
     select id, 'user', 'person-' || (3000 - id), 1, 1, now() - make_interval(mins => id::int)${values}
     from unnest($1::bigint[]) id order by id desc`,
    [IDS],
  );
}

/** So many statements, at least, wait for a row or whoever holds one. */
async function areWaiting(count: number): Promise<void> {
  const text =
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  await expect.poll(async () => (await query(text)).rows[0].n).toBeGreaterThanOrEqual(count);
}

it.each<[string, string, string, () => Promise<unknown>]>([
  ["what is to be counted anew", "", "", () => stoa.ask("POST", "/recount", { ids: [...IDS].reverse() })],
  ["what was counted", "", "", scanNow],
  ["raises that are over", ", raise, raise_until", ", 1, now() - interval '1 hour'", endRaises],
  [
    "what is given up in the trash",
    ", deleted_at, trashed, arrived_at",
    ", now(), true, now()",
    () => stoa.ask("DELETE", "/trash"),
  ],
  ["what a deleted group is linked to", ", deleted_at, group_id", ", now(), (select max(id) from groups)", deleteGroup],
])(
  "rows are locked by their numbers, whatever order they are found in: %s",
  async (_what, changed, values, statement) => {
    await writeFromTheLast(changed, values);
    const pool = stoa.server.database.pool;
    const [holder, another] = [await pool.connect(), await pool.connect()];
    try {
      await holder.query("begin");
      await holder.query("select from storage_subjects where id = $1 for update", [IDS[4]]);
      // It has locked what comes before that one in its order; so has another, that goes by the numbers.
      const asked = statement();
      asked.catch(() => undefined);
      await areWaiting(1);
      const locked = another.query("select id from storage_subjects order by id for no key update");
      locked.catch(() => undefined);
      await areWaiting(2);
      await holder.query("commit");
      expect((await locked).rows).toHaveLength(IDS.length);
      const answer = await asked;
      if (typeof answer === "object") expect(answer).toMatchObject({ status: 202 });
    } finally {
      holder.release(true);
      another.release(true);
    }
  },
);
