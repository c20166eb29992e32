import { sql } from "kysely";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { Trx } from "../database/database.ts";
import { type AuditService, createAudit } from "./audit.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { AuditEntry } from "./contract.ts";
import { retainAudit } from "./retention.ts";
import { noteHead, sealBatch } from "./seal.ts";
import { verifyAudit } from "./verify.ts";

const log = pino({ level: "silent" });
let database: TestDatabase;
let audit: AuditService;

beforeEach(async () => {
  database = await createTestDatabase();
  audit = createAudit({ db: database.db, log, sealEveryMs: 20 });
});
afterEach(async () => {
  await audit.stop();
  await database.drop();
});

function entry(number: number, extra: Partial<AuditEntry> = {}): AuditEntry {
  return {
    action: "test.write",
    actor: { accountId: 1, label: "Ada", credentialKind: "cookie", credentialId: "c1" },
    subject: { kind: "test", id: String(number), label: `number ${number}` },
    about: [1],
    details: { z: 1, a: { nested: [1, "two"] } },
    ...extra,
  };
}

const write = (numbers: readonly number[]) =>
  database.db.transaction().execute((trx) =>
    audit.recordAll(
      trx,
      numbers.map((number) => entry(number)),
    ),
  );

async function sealedChain(length: number): Promise<void> {
  await write(Array.from({ length }, (_, number) => number));
  expect(await sealBatch(database.db, 1_000)).toBe(length);
}

/** As somebody with full rights in the database would: past the triggers. */
const tamper = (work: (db: Trx) => Promise<unknown>) =>
  database.db.transaction().execute(async (trx) => {
    for (const table of ["audit_entries", "audit_seals", "audit_heads"]) {
      await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
    }
    await work(trx);
    for (const table of ["audit_entries", "audit_seals", "audit_heads"]) {
      await sql`alter table ${sql.table(table)} enable trigger user`.execute(trx);
    }
  });

const problems = async () => (await verifyAudit(database.db)).problems;

describe("writing", () => {
  test("an entry commits or vanishes with the change", async () => {
    await expect(
      database.db.transaction().execute(async (trx) => {
        await audit.record(trx, entry(1));
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    await write([2]);
    const rows = await database.db.selectFrom("audit_entries").select("subject_id").execute();
    expect(rows).toEqual([{ subject_id: "2" }]);
  });

  test("what PostgreSQL can't store doesn't stop the change", async () => {
    await database.db
      .transaction()
      .execute((trx) => audit.record(trx, entry(1, { subject: { kind: "test", id: "a\0b", label: "\ud800" } })));
    expect(await sealBatch(database.db, 10)).toBe(1);
    expect(await problems()).toEqual([]);
  });

  test("entries, seals and heads refuse change and removal", async () => {
    await sealedChain(2);
    await noteHead(database.db);
    for (const table of ["audit_entries", "audit_seals", "audit_heads"]) {
      await expect(sql`delete from ${sql.table(table)}`.execute(database.db)).rejects.toMatchObject({ code: "42501" });
      await expect(sql`truncate ${sql.table(table)}`.execute(database.db)).rejects.toMatchObject({ code: "42501" });
    }
    const change = sql`update audit_entries set action = 'other'`.execute(database.db);
    await expect(change).rejects.toMatchObject({ code: "42501" });
  });

  test("canonical JSON has one spelling", () => {
    const value = { b: [1, { y: 2, x: 1n }], a: undefined, c: new Date(0) };
    expect(canonicalJson(value)).toBe('{"b":[1,{"x":"1","y":2}],"c":"1970-01-01T00:00:00.000Z"}');
  });
});

describe("sealing", () => {
  test("four connections at once, commits out of order: all sealed once, and the chain verifies", async () => {
    audit.start();
    const second = createAudit({ db: database.db, log, sealEveryMs: 15 });
    second.start();
    const writer = async (number: number) => {
      for (let round = 0; round < 25; round++) {
        await database.db.transaction().execute(async (trx) => {
          await audit.record(trx, entry(number * 100 + round));
          await sql`select pg_sleep(${Math.random() / 200})`.execute(trx);
        });
      }
    };
    // The others come out of order by chance; this one, with the smallest id, is the last to commit for certain.
    await database.db.transaction().execute(async (late) => {
      await audit.record(late, entry(999));
      await Promise.all([0, 1, 2, 3].map(writer));
      await vi.waitFor(async () => expect(await verifyAudit(database.db)).toMatchObject({ sealed: 100 }));
    });
    await vi.waitFor(async () => expect(await verifyAudit(database.db)).toMatchObject({ sealed: 101 }));
    await second.stop();
    expect(await verifyAudit(database.db)).toMatchObject({ ok: true, complete: true, entries: 101, problems: [] });
    const { rows } = await sql<{ sorted: boolean }>`
      select bool_and(entry_id > previous) as sorted from
      (select entry_id, lag(entry_id, 1, 0) over (order by seq) as previous from audit_seals) s`.execute(database.db);
    expect(rows[0]?.sorted).toBe(false);
  });

  test("a second sealer at the same moment does nothing", async () => {
    await write([1, 2, 3]);
    const results = await Promise.all([1, 2, 3].map(() => sealBatch(database.db, 10)));
    expect(results.filter((sealed) => sealed === 3)).toHaveLength(1);
    expect(await problems()).toEqual([]);
  });

  test("the head goes to the log, and into a table of its own", async () => {
    const lines: string[] = [];
    const told = createAudit({
      db: database.db,
      log: pino({ level: "info" }, { write: (line) => lines.push(line) }),
      sealEveryMs: 10,
      headEveryMs: 1,
    });
    await write([1]);
    told.start();
    await vi.waitFor(() => expect(lines.join()).toContain("audit head"));
    await told.stop();
    const [head] = await database.db.selectFrom("audit_heads").selectAll().execute();
    expect(JSON.parse(lines[0] ?? "{}").auditHead).toEqual({ seq: 1, hash: head?.hash.toString("hex") });
  });
});

describe("tampering is found", () => {
  beforeEach(() => sealedChain(10));

  test("an entry changed", async () => {
    await tamper((db) => sql`update audit_entries set actor_label = 'Eve' where subject_id = '4'`.execute(db));
    expect(await problems()).toEqual([{ seq: 5, what: "the entry was changed, or is not in its place" }]);
  });

  test("an entry removed, with and without its seal", async () => {
    await tamper((db) => sql`delete from audit_entries where subject_id = '4'`.execute(db));
    expect(await problems()).toEqual([{ seq: 5, what: "the entry was removed" }]);
    await tamper((db) => sql`delete from audit_seals where seq = 5`.execute(db));
    expect(await problems()).toEqual([{ seq: 5, what: "1 sealed entry is missing" }]);
  });

  test("entries removed at the end, and even when the head was set back", async () => {
    await noteHead(database.db);
    const { head } = await verifyAudit(database.db);
    await tamper(async (db) => {
      await sql`delete from audit_entries where subject_id in ('8', '9')`.execute(db);
      await sql`delete from audit_seals where seq > 8`.execute(db);
    });
    const missing = [{ seq: 9, what: "2 entries at the end are missing" }];
    expect(await problems()).toEqual(missing);
    await sql`update audit_chain set head_seq = 8, head_hash = (select hash from audit_seals where seq = 8)`.execute(
      database.db,
    );
    expect(await problems()).toEqual(missing);
    await tamper((db) => sql`delete from audit_heads`.execute(db));
    expect(await problems()).toEqual([]);
    expect((await verifyAudit(database.db, { heads: [head] })).problems).toEqual(missing);
  });

  test("two entries that changed places", async () => {
    await tamper(async (db) => {
      await sql`update audit_seals set entry_id = -1 where seq = 3`.execute(db);
      await sql`update audit_seals set entry_id = 3 where seq = 4`.execute(db);
      await sql`update audit_seals set entry_id = 4 where seq = 3`.execute(db);
    });
    expect((await problems()).map((problem) => problem.seq)).toEqual([3, 4]);
  });

  test("an entry put in past the sealer", async () => {
    await sql`insert into audit_entries (action, actor_label, subject_kind, subject_id, outcome, details)
      values ('test.forged', 'Eve', 'test', '1', 'done', '{}')`.execute(database.db);
    expect(await problems()).toEqual([{ seq: 0, what: "1 entry is neither sealed nor waiting to be" }]);
  });

  test("a whole chain rebuilt, against a head from the log", async () => {
    const { head } = await verifyAudit(database.db);
    await tamper(async (db) => {
      await sql`update audit_entries set actor_label = 'Eve' where subject_id = '4'`.execute(db);
      await sql`delete from audit_seals`.execute(db);
      await sql`update audit_chain set head_seq = base_seq, head_hash = base_hash`.execute(db);
      await sql`insert into audit_unsealed select id from audit_entries`.execute(db);
    });
    await sealBatch(database.db, 1_000);
    expect(await problems()).toEqual([]);
    const against = await verifyAudit(database.db, { heads: [head] });
    expect(against.problems).toEqual([{ seq: 10, what: expect.stringContaining("head was noted") }]);
  });
});

test("retention takes a beginning away, and the rest still verifies", async () => {
  await sealedChain(5);
  await tamper((db) => sql`update audit_entries set at = now() - interval '2 days' where subject_id < '2'`.execute(db));
  expect(await retainAudit(database.db, new Date(Date.now() - 86_400_000))).toBe(2);
  expect(await verifyAudit(database.db)).toMatchObject({ ok: true, entries: 3, sealed: 3 });
  await expect(sql`delete from audit_entries`.execute(database.db)).rejects.toMatchObject({ code: "42501" });
});
