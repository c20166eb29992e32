import { spawn } from "node:child_process";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@stoa/server/testing/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOldPortal, type OldPortalDatabase } from "../testing/old-portal.ts";
import { CommandLine } from "../testing/remembering-terminal.ts";

const PEOPLE = 60;
const EXECUTIONS = 12_000;
const STOA = join(import.meta.dirname, "../../bin/stoa.mjs");

let old: OldPortalDatabase;
let database: TestDatabase;
let line: CommandLine;
beforeAll(async () => {
  old = await createOldPortal();
  await old.query(`insert into users (username, email, full_name, hashed_password)
    select 'person-' || n, 'person-' || n || '@old.example.org', 'Person ' || n, '!' from generate_series(1, ${PEOPLE}) n`);
  // Numbers with gaps, in an order of their own.
  await old.query(`insert into audit_logs (id, user_id, timestamp, cell_number, code, execution_time_ms, status)
    select n * 3, 1 + n * 7 % ${PEOPLE}, now() - n * interval '3 minutes', n, 'run ' || n, 10,
      case when n % 10 = 0 then 'error' else 'success' end
    from generate_series(1, ${EXECUTIONS}) n order by n * 7919 % ${EXECUTIONS}`);
  database = await createTestDatabase();
  line = new CommandLine({ DATABASE_URL: database.url });
});
afterAll(async () => {
  line.remove();
  await database.drop();
  await old.drop();
});

test("an import that is killed again and again brings everything once, and leaves nothing half", {
  timeout: 180_000,
}, async () => {
  const seen: { things: number; log: number }[] = [];
  for (let round = 0; round < 40; round += 1) {
    const ended = await importUntil(killsAt[round] ?? null);
    seen.push(await countThings());
    await expectFiguresToFit();
    if (ended) break;
  }
  // It was killed among the people and among the executions, and went on from there.
  expect(seen.some(({ things }) => things > 0 && things < PEOPLE)).toBe(true);
  expect(seen.filter(({ log }) => log > 0 && log < EXECUTIONS).length).toBeGreaterThan(1);
  expect(seen.map(({ log }) => log)).toEqual(seen.map(({ log }) => log).sort((a, b) => a - b));
  expect(seen.at(-1)).toEqual({ things: PEOPLE, log: EXECUTIONS });
  const wrong = await query(`select e.code from activity_executions e join accounts a on a.id = e.account_id
    where a.username <> 'person-' || (1 + e.cell_number * 7 % ${PEOPLE}) or e.code <> 'run ' || e.cell_number
      or e.failed <> (e.cell_number % 10 = 0)`);
  expect(wrong).toEqual([]);
  expect(await query("select count(distinct cell_number)::int as n from activity_executions")).toEqual([
    { n: EXECUTIONS },
  ]);
  const [audited] = await query(`select sum((details::jsonb ->> 'executions')::int)::int as n from audit_entries
    where action = 'activity.import'`);
  expect(audited).toEqual({ n: EXECUTIONS });
});

/** Milliseconds after the first account, or the first execution, is there. */
const killsAt = [
  { table: "accounts", after: 5 },
  { table: "activity_executions", after: 10 },
  { table: "activity_executions", after: 60 },
  { table: "activity_executions", after: 150 },
] as const;

/** Kills it a while after a table has got more; null: lets it end. @returns whether it ended by itself */
async function importUntil(kill: (typeof killsAt)[number] | null): Promise<boolean> {
  const begun = kill === null ? 0 : await size(kill.table);
  const child = spawn(process.execPath, [STOA, "import", "portal", "--database", old.url, "--go"], {
    cwd: line.directory,
    env: { HOME: line.directory, PATH: process.env.PATH, DATABASE_URL: database.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, said] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (kill !== null) {
    while (child.exitCode === null && (await size(kill.table)) === begun);
    setTimeout(() => child.kill("SIGKILL"), kill.after);
  }
  const code = await ended;
  if (code !== null && !out.includes("Came:")) throw new Error(said);
  return code !== null;
}

async function expectFiguresToFit(): Promise<void> {
  const [figures] = await query(`select
    (select count(*)::int from activity_executions) as rows,
    (select coalesce(sum(executions), 0)::int from activity_totals) as totals,
    (select coalesce(sum(executions), 0)::int from activity_days) as days,
    (select count(*)::int from accounts a where not exists
      (select 1 from imported_things i where i.kind = 'person' and i.new_id = a.id)) as unnoted`);
  expect(figures).toEqual({ rows: figures?.rows, totals: figures?.rows, days: figures?.rows, unnoted: 0 });
}

async function size(table: string): Promise<number> {
  return Number((await query(`select count(*)::int as n from ${table}`))[0]?.n);
}

async function countThings(): Promise<{ things: number; log: number }> {
  return { things: await size("imported_things where kind = 'person'"), log: await size("activity_executions") };
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  return (await database.pool.query(sql)).rows;
}
