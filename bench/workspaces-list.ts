/**
 * `GET /workspaces/` of an owner of 50 with ten files each: CPU of the server and of PostgreSQL for a request,
 * beside a bare Fastify + pg handler that sends the same bytes; and whether the plan minds a large table.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { findEmbeddedPostgres } from "../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { listQuery } from "../packages/server/src/workspaces/queries.ts";
import { accessToken } from "../tests/support/portal-client.ts";
import { ADMIN_PASSWORD, discard, startStoa } from "../tests/support/stoa-process.ts";
import { endChildren, firstLine } from "./support/child.ts";
import { load } from "./support/load.ts";
import { addWorkspaces, fillTable, planOf } from "./support/many-workspaces.ts";
import { median } from "./support/median.ts";
import { cpuMicroseconds, treeCpuMicroseconds } from "./support/process-cpu.ts";
import { atMost, print, type Row } from "./support/report.ts";

const OWNED = 50;
const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 8;

interface Side {
  readonly url: string;
  readonly pid: number;
  readonly headers: Record<string, string>;
  readonly server: number[];
  readonly postgres: number[];
}

const stoa = await startStoa({ env: { STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn" } });
const database = (await findEmbeddedPostgres(stoa.dataDir))?.url ?? "";
const pool = new pg.Pool({ connectionString: database, max: 2 });
try {
  const rows = [...(await costs()), ...(await plans())];
  print({ name: "Workspaces list", rows });
} finally {
  await pool.end();
  await discard(stoa);
}

async function costs(): Promise<Row[]> {
  const owner = await adminId();
  await addWorkspaces(pool, owner, OWNED);
  await fillTable(pool, 1_000);
  const token = await accessToken(stoa.url, "admin", ADMIN_PASSWORD);
  const bare = spawn(process.execPath, [join(import.meta.dirname, "support/bare-workspaces.ts"), "0", String(owner)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, DATABASE_URL: database, NODE_ENV: "production" },
  });
  try {
    const url = await firstLine(bare, "the bare handler");
    const ours = side(stoa.url, stoa.serverPid(), { authorization: `Bearer ${token}` });
    const theirs = side(url, bare.pid as number, {});
    await expectSameBytes(ours, theirs);
    for (const each of [ours, theirs]) await load({ ...target(each), seconds: SECONDS });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const each of [ours, theirs]) await measure(each);
    }
    return compare(ours, theirs);
  } finally {
    await endChildren([bare]);
  }
}

function compare(ours: Side, theirs: Side): Row[] {
  const total = (each: Side) => median(each.server.map((value, index) => value + (each.postgres[index] ?? 0)));
  const figures = (each: Side) => `${Math.round(median(each.server))} + ${Math.round(median(each.postgres))} µs`;
  const note = `server + PostgreSQL: ours ${figures(ours)}, bare ${figures(theirs)}`;
  const ratio = Number((total(ours) / total(theirs)).toFixed(2));
  return [atMost("`GET /workspaces/` of 50 × 10 files, CPU beside bare Fastify + pg", ratio, 2.5, "×", note)];
}

async function plans(): Promise<Row[]> {
  const owner = await adminId();
  const few = await planOf(pool, listQuery, [owner]);
  await fillTable(pool, 100_000);
  const many = await planOf(pool, listQuery, [owner]);
  const same = few.shape === many.shape;
  const note = `${many.shape}: ${few.buffers} pages with 1,000 in the table, ${many.buffers} with 100,000`;
  return [
    atMost("Other plan with 100,000 workspaces in the table", same ? 0 : 1, 0, "", same ? many.shape : few.shape),
    atMost("Pages read with 100,000 in the table", Number((many.buffers / few.buffers).toFixed(2)), 1.1, "×", note),
  ];
}

async function measure(each: Side): Promise<void> {
  const before = { server: cpuMicroseconds(each.pid), postgres: treeCpuMicroseconds(postmaster()) };
  const { requests, non2xx, errors } = await load({ ...target(each), seconds: SECONDS });
  if (non2xx + errors > 0) throw new Error(`${each.url}: ${non2xx} refusals and ${errors} errors`);
  each.server.push((cpuMicroseconds(each.pid) - before.server) / requests);
  each.postgres.push((treeCpuMicroseconds(postmaster()) - before.postgres) / requests);
}

function side(url: string, pid: number, headers: Record<string, string>): Side {
  return { url, pid, headers, server: [], postgres: [] };
}

function target({ url, headers }: Side) {
  return { url: `${url}/workspaces/`, headers, connections: CONNECTIONS };
}

async function expectSameBytes(...sides: readonly Side[]): Promise<void> {
  const [ours, theirs] = await Promise.all(
    sides.map(async (each) => (await fetch(`${each.url}/workspaces/`, { headers: each.headers })).text()),
  );
  if (ours !== theirs) throw new Error(`The answers differ:\n${ours?.slice(0, 1_000)}\n${theirs?.slice(0, 1_000)}`);
}

async function adminId(): Promise<number> {
  return Number((await pool.query("select id from accounts where username = 'admin'")).rows[0].id);
}

/** The first line of postmaster.pid is the process that all others descend from. */
function postmaster(): number {
  return Number(readFileSync(join(stoa.dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
}
