import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import type { StorageTables } from "../tables.ts";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";
import { tellLevels, toldLevel } from "./tell-levels.ts";

let stoa: StorageServer;
let ann: TestPerson;
let id = 0;

beforeAll(async () => {
  stoa = await createStorageServer();
  ann = await stoa.server.person("ann");
  const made = await stoa.ask("POST", "/subjects", { kind: "user", name: "ann", quota: 1000, account_id: ann.id });
  id = (made.body as { id: number }).id;
});
afterAll(() => stoa.close());
beforeEach(async () => {
  await query("delete from notices");
  // No scan comes between.
  await query("update storage_subjects set scan_at = now() + interval '1 day', used_at = now()");
  await query("update storage_subjects set told_level = 0, quota = 1000, used = 0, account_id = $1", [ann.id]);
});

const query = (text: string, values: unknown[] = []) => stoa.server.database.pool.query(text, values);
const context = () => ({ db: stoa.server.platform.db.withTables<StorageTables>() });
const use = async (used: number) => {
  await query("update storage_subjects set used = $1 where id = $2", [used, id]);
  return tellLevels(context());
};
const told = async () =>
  (await query("select kind, said, account_id, mail from notices order by id")).rows.map(({ kind, said }) =>
    kind === "storage.full" ? 100 : said.percent,
  );

describe("how full somebody's storage is", () => {
  it("is told at 80, 90 and 100 %, once for each", async () => {
    for (const used of [799, 800, 850, 899, 900, 999, 1000, 1200, 1200]) await use(used);
    expect(await told()).toEqual([80, 90, 100]);
    const { rows } = await query("select kind, said, account_id, mail from notices order by id desc limit 1");
    expect(rows[0]).toMatchObject({ kind: "storage.full", said: { used: 1000, allowed: 1000 }, account_id: ann.id });
    const events = await query("select data from events where type = 'storage.level' order by id");
    expect(events.rows.map(({ data }) => data)).toEqual([
      { level: 80, used: 800, allowed: 1000 },
      { level: 90, used: 900, allowed: 1000 },
      { level: 100, used: 1000, allowed: 1000 },
    ]);
  });

  it("is told by the highest that was passed", async () => {
    expect(await use(950)).toBe(1);
    expect(await told()).toEqual([90]);
  });

  it("is no news while it goes up and down about a step, and is again once it was left", async () => {
    for (const used of [900, 860, 910, 851, 905]) await use(used);
    expect(await told()).toEqual([90]);
    for (const used of [849, 905]) await use(used);
    expect(await told()).toEqual([90, 90]);
    for (const used of [700, 810]) await use(used);
    expect(await told()).toEqual([90, 90, 80]);
  });

  it("is not told where there is no quota, nobody's, or nothing counted", async () => {
    await query("update storage_subjects set quota = 0");
    expect(await use(5000)).toBe(0);
    await query("update storage_subjects set quota = 1000, account_id = null");
    expect(await use(5000)).toBe(0);
    await query("update storage_subjects set account_id = $1, used_at = null", [ann.id]);
    expect(await use(5000)).toBe(0);
    expect(await told()).toEqual([]);
  });

  it("is told with its level or not at all: killed in between, the next round tells it", async () => {
    await query("alter table storage_subjects add constraint broken check (told_level = 0) not valid");
    await expect(use(950)).rejects.toThrow("broken");
    expect(await told()).toEqual([]);
    await query("alter table storage_subjects drop constraint broken");
    await Promise.all([tellLevels(context()), tellLevels(context()), tellLevels(context())]);
    expect(await told()).toEqual([90]);
  });

  it("is told after counting, by the scan", async () => {
    await query("update storage_subjects set quota = 10, scan_at = now(), settled = wanted");
    await stoa.storage.upkeep.scan.round();
    expect(await told()).toEqual([100]);
  });

  it("counts a raise while it lasts", () => {
    const row = { used: 1000, quota: 1000, raise: 200, raise_until: null, told_level: 0 };
    expect(toldLevel(row)).toBe(100);
    expect(toldLevel({ ...row, raise_until: new Date(Date.now() + 60_000) })).toBe(80);
    expect(toldLevel({ ...row, used: 500, told_level: 100 })).toBe(0);
  });
});
