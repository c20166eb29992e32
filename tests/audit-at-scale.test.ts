import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { sql } from "kysely";
import pino from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createAudit } from "../packages/server/src/platform/audit/audit.ts";
import { createTestDatabase, type TestDatabase } from "../packages/server/src/testing/test-database.ts";

const WRITERS = 4;
const ENTRIES = 100_000;

let database: TestDatabase;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await database.drop();
});

async function writeAll(): Promise<void> {
  const script = path.join(import.meta.dirname, "support/audit-writer.ts");
  const codes = Array.from({ length: WRITERS }, async (_, number) => {
    const args = [script, database.url, String(number), String(ENTRIES / WRITERS)];
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    children.push(child);
    const [code] = await once(child, "exit");
    return code;
  });
  expect(await Promise.all(codes)).toEqual([0, 0, 0, 0]);
}

const unsealed = () => database.db.selectFrom("audit_unsealed").select("entry_id").limit(1).execute();

/** Past the triggers, as somebody with all rights in the database could: one entry changed, one removed, two swapped. */
async function tamper(changed: number, removed: number, swapped: number): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    for (const table of ["audit_entries", "audit_seals"]) {
      await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
    }
    const entryAt = (seq: number) => sql`(select entry_id from audit_seals where seq = ${seq})`;
    await sql`update audit_entries set outcome = 'refused' where id = ${entryAt(changed)}`.execute(trx);
    await sql`delete from audit_entries where id = ${entryAt(removed)}`.execute(trx);
    await sql`delete from audit_seals where seq = ${removed}`.execute(trx);
    await sql`update audit_seals set seq = -seq where seq in (${swapped}, ${swapped + 1})`.execute(trx);
    await sql`update audit_seals set seq = ${2 * swapped + 1} + seq where seq < 0`.execute(trx);
  });
}

test("100,000 entries by four processes at once verify; one changed, removed or reordered is found", async () => {
  const audit = createAudit({ db: database.db, log: pino({ level: "silent" }), sealEveryMs: 20 });
  audit.start();
  await writeAll();
  await vi.waitFor(async () => expect(await unsealed()).toEqual([]), { timeout: 30_000, interval: 100 });
  await audit.stop();

  const began = performance.now();
  expect(await audit.verify()).toMatchObject({ ok: true, complete: true, entries: ENTRIES, sealed: ENTRIES });
  expect(performance.now() - began).toBeLessThan(20_000);

  await tamper(25_000, 50_000, 75_000);
  const { ok, problems } = await audit.verify();
  expect(ok).toBe(false);
  // After two that were swapped, the next one's hash does not follow either.
  expect(problems.map((problem) => problem.seq)).toEqual([25_000, 50_000, 75_000, 75_001, 75_002]);
}, 120_000);
