import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Db } from "../platform/database/database.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { type Notice, tell } from "./notices.ts";

let database: TestDatabase;
let db: Db;
let [ann, bob] = [0, 0];

beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  [ann, bob] = [await account("ann"), await account("bob")];
});
afterAll(() => database.drop());
beforeEach(() => rows("truncate notices, notice_preferences, events"));

async function rows<T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> {
  return (await database.pool.query(text, values)).rows as T[];
}
async function account(name: string): Promise<number> {
  const text = `insert into accounts (username, username_key, email, full_name)
    values ($1, $1, $1 || '@example.org', $1) returning id`;
  return (await rows<{ id: number }>(text, [name]))[0]?.id ?? 0;
}
const inTransaction = (notice: Notice) => db.transaction().execute((trx) => tell(trx, notice));
const offered = (changes: Partial<Pick<Notice, "to" | "key">> = {}): Notice => ({
  kind: "share.offered",
  to: bob,
  key: "7",
  subject: { kind: "share", id: 7 },
  values: { person: "Ann", name: "Thesis" },
  ...changes,
});

describe("telling", () => {
  it("leaves a notice with what its sentence needs, and an event that is its receiver's alone", async () => {
    await inTransaction(offered());
    expect(
      await rows("select account_id, kind, key, subject_kind, subject_id, said, shown, mail from notices"),
    ).toEqual([
      {
        account_id: bob,
        kind: "share.offered",
        key: "7",
        subject_kind: "share",
        subject_id: "7",
        said: { person: "Ann", name: "Thesis" },
        shown: true,
        mail: "due",
      },
    ]);
    expect(await rows("select type, visibility, audience, subject_id from events")).toEqual([
      { type: "notice.changed", visibility: "private", audience: [bob], subject_id: String(bob) },
    ]);
  });

  it("tells nothing in a transaction that is rolled back", async () => {
    const rolledBack = db.transaction().execute(async (trx) => {
      await tell(trx, offered());
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect(await rows("select 1 from notices union all select 1 from events")).toEqual([]);
  });

  it("tells once what a repeated step tells again, and rings once", async () => {
    for (let times = 0; times < 3; times += 1) await inTransaction(offered());
    expect(await rows("select 1 from notices")).toHaveLength(1);
    expect(await rows("select 1 from events")).toHaveLength(1);
    await inTransaction(offered({ key: "8" }));
    expect(await rows("select 1 from notices")).toHaveLength(2);
  });

  it("once when two transactions tell it at the same time", async () => {
    await Promise.all([inTransaction(offered()), inTransaction(offered()), inTransaction(offered())]);
    expect(await rows("select 1 from notices")).toHaveLength(1);
  });

  it("tells several, each once, and nobody who isn't there any more", async () => {
    await inTransaction(offered({ to: [ann, bob, ann, 987_654] }));
    expect(await rows("select account_id from notices order by 1")).toEqual([{ account_id: ann }, { account_id: bob }]);
    await inTransaction(offered({ to: [] }));
  });

  it("tells nobody whose account is closed, and no service", async () => {
    const [closed, service] = [await account("cleo"), await account("robot")];
    await rows("update accounts set status = 'deactivated' where id = $1", [closed]);
    await rows("update accounts set kind = 'service' where id = $1", [service]);
    await inTransaction(offered({ to: [closed, service] }));
    expect(await rows("select 1 from notices")).toEqual([]);
  });

  it("does as each of them wants it", async () => {
    const want = (id: number, shown: boolean, mail: string) =>
      rows("insert into notice_preferences values ($1, 'share.offered', $2, $3)", [id, shown, mail]);
    await want(ann, false, "none");
    await want(bob, false, "daily");
    await inTransaction(offered({ to: [ann, bob] }));
    expect(await rows("select account_id, shown, mail from notices")).toEqual([
      { account_id: bob, shown: false, mail: "digest" },
    ]);
  });

  it("holds whatever stands in a name: too long, a NUL, half a character", async () => {
    const person = `a\u0000b${"x".repeat(400)}`;
    await inTransaction({ ...offered(), values: { person, name: "half \ud83d" } } as Notice);
    const [row] = await rows<{ said: { person: string; name: string } }>("select said from notices");
    expect(row?.said.person).toMatch(/^abx+…$/);
    expect(row?.said.person.length).toBeLessThanOrEqual(300);
    expect(row?.said.name).toBe("half \ufffd");
  });
});
