/**
 * Contract 1: CPU of `GET /api/v1/users/{name}` beside a bare Fastify handler that sends the same bytes from memory;
 * `GET /api/v1/storages/` of 1,000 directories with and without a scan of 300,000 files beside it; such a scan beside
 * `du -sb`; and 1,000 people made with quotas by the API, on directories and (where zfs-fuse is) on datasets.
 *
 * All of it without arguments; `node bench/storage.ts scan` (or `read`, `memory`, `datasets`) measures that part alone.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findEmbeddedPostgres } from "../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { openIdleGroup } from "../packages/server/src/platform/processes/control-groups/idle-group.ts";
import { accessToken } from "../tests/support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../tests/support/stoa-process.ts";
import { endChildren, firstLine } from "./support/child.ts";
import { keptBytes } from "./support/kept-memory.ts";
import { load } from "./support/load.ts";
import { median } from "./support/median.ts";
import { cpuMicroseconds, treeCpuMicroseconds } from "./support/process-cpu.ts";
import { atLeast, atMost, print, type Row } from "./support/report.ts";
import { makePeople, onDatasets } from "./support/storage-people.ts";
import { makeTrees } from "./support/storage-trees.ts";

const KEY = "the key of the benchmarks, long enough";
const headers = { "x-api-key": KEY };
const DIRECTORIES = 1_000;
const FILES_EACH = 300;
const ROUNDS = 5;
const SECONDS = 4;
const SCANS = 10;
const IDLE_MS = 10_000;
const FILES = (DIRECTORIES * FILES_EACH).toLocaleString("en");
/** In each round; some 30 requests each. */
const TURNS = 20;
/** Between two questions whether a scan is done: each is a query more. */
const ASK_MS = 500;
/** The original (FastAPI, from its cache) on a machine of this kind: 1,030 to 1,230 requests a second. */
const ORIGINAL = 1_130;

const dataDir = newDataDir();
const base = join(dataDir, "storage");
const env = { API_KEY: KEY, STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn" };
const chosen: ReadonlySet<string> = new Set(process.argv.slice(2));
const isMeasured = (part: "read" | "scan" | "memory" | "datasets"): boolean => chosen.size === 0 || chosen.has(part);
const rows: Row[] = [];
let stoa = await startStoa({ dataDir, env });
try {
  const seconds = await makePeople(stoa, headers, DIRECTORIES);
  rows.push(atMost("1,000 people made with quotas, on directories", seconds, 10, "s", "32 requests at a time"));
  if (isMeasured("read")) rows.push(...(await oneRead(stoa)));
  if (isMeasured("scan") || isMeasured("memory")) makeTrees(base, DIRECTORIES, FILES_EACH);
  if (isMeasured("scan")) rows.push(...(await listsAndScans(stoa)));
  if (isMeasured("memory")) rows.push(...(await memory()));
  if (isMeasured("datasets")) rows.push(...(await onDatasets(env, headers)));
  print({ name: "Storage", rows });
} finally {
  await discard(stoa);
}

async function oneRead({ url, serverPid }: StoaProcess): Promise<Row[]> {
  const path = "/api/v1/users/person-7";
  const { name, quota, disk_usage } = (await (await fetch(url + path, { headers })).json()) as {
    name: string;
    quota: number;
    disk_usage: number;
  };
  const script = join(import.meta.dirname, "support/bare-storage.ts");
  const bare = spawn(process.execPath, [script, "0", name, String(quota), String(disk_usage)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  try {
    const sides = [
      { url, pid: serverPid(), cpu: [] as number[], speed: [] as number[] },
      {
        url: await firstLine(bare, "the bare handler"),
        pid: bare.pid as number,
        cpu: [] as number[],
        speed: [] as number[],
      },
    ] as const;
    for (const round of Array.from({ length: ROUNDS + 1 }, (_, index) => index)) {
      for (const side of sides) {
        const before = cpuMicroseconds(side.pid) + postgresCpu(side.pid === sides[0].pid);
        const done = await load({ url: side.url + path, headers, connections: 32, seconds: SECONDS });
        if (done.non2xx + done.errors > 0)
          throw new Error(`${side.url}: ${done.non2xx} refusals, ${done.errors} errors`);
        const used = cpuMicroseconds(side.pid) + postgresCpu(side.pid === sides[0].pid) - before;
        // The first is for the compiler.
        if (round > 0) {
          side.cpu.push(used / done.requests);
          side.speed.push(done.requestsPerSecond);
        }
      }
    }
    const [ours, theirs] = sides;
    const ratio = Number((median(ours.cpu) / median(theirs.cpu)).toFixed(2));
    const speed = Math.round(median(ours.speed));
    return [
      atMost(
        "`GET /api/v1/users/{name}`, CPU beside a bare Fastify handler",
        ratio,
        1.6,
        "×",
        `server + PostgreSQL ${Math.round(median(ours.cpu))} µs, bare ${Math.round(median(theirs.cpu))} µs`,
      ),
      atLeast(
        "The same against the original's requests a second",
        Number((speed / ORIGINAL).toFixed(1)),
        5,
        "×",
        `${speed} a second`,
      ),
    ];
  } finally {
    await endChildren([bare]);
  }
}

interface Overseer {
  readonly pool: pg.Pool;
  readonly token: string;
}

/** Latencies of the list at a steady pace, with a scan beside it and without; and the scan's own CPU beside du's. */
async function listsAndScans(server: StoaProcess): Promise<Row[]> {
  const overseer = {
    pool: await database(),
    token: await accessToken(server.url, "admin", server.adminPassword),
  };
  await scanned(server, overseer);
  const list = await listBesideScans(server, overseer);
  const figures = { scan: [] as number[], all: [] as number[], du: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const idle = await cpuWhile(server, () => sleep(IDLE_MS));
    // What is walked first after a rest costs a tenth more, whoever walks: here that is neither of the two.
    duCpu();
    const begun = performance.now();
    const all = await cpuWhile(server, () => scanned(server, overseer));
    figures.all.push(all);
    // The server, its broker and its database go on meanwhile with what they do without a scan.
    figures.scan.push(all - idle * ((performance.now() - begun) / IDLE_MS));
    figures.du.push(duCpu());
  }
  await overseer.pool.end();
  const ms = (figure: readonly number[]) => Math.round(median(figure) / 1000);
  const scan = Number((median(figures.scan) / median(figures.du)).toFixed(2));
  return [
    list,
    atMost(
      `A whole scan of ${FILES} files, CPU beside \`du -sb\``,
      scan,
      1.1,
      "×",
      `${ms(figures.scan)} ms, du ${ms(figures.du)} ms; with what the server does anyway in that time ${ms(figures.all)} ms`,
    ),
  ];
}

/**
 * In turns, a scan's length each, so that what else the machine does falls on all alike: nothing beside the list, one
 * scan (from when it is taken on until its last figure is written), and a process that only counts, of the same nice
 * value: what any neighbour costs. Medians of the rounds: a machine that was busy for a moment is in one of them.
 */
async function listBesideScans(server: StoaProcess, overseer: Overseer): Promise<Row> {
  const figures = { none: [] as number[], scan: [] as number[], neighbour: [] as number[] };
  const all = { none: [] as number[], scan: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const times = await turnsOfOneRound(server, overseer);
    all.none.push(...times.none);
    all.scan.push(...times.scan);
    for (const one of ["none", "scan", "neighbour"] as const) figures[one].push(p99(times[one]));
  }
  const [none, scan, neighbour] = [median(figures.none), median(figures.scan), median(figures.neighbour)];
  const isIdle = openIdleGroup() !== null;
  const each = (times: readonly number[]) => times.map((ms) => ms.toFixed(1)).join(", ");
  return atMost(
    `\`GET /api/v1/storages/\` of 1,000, p99 while ${FILES} files are scanned, beside none`,
    Number((scan / none).toFixed(2)),
    1.5,
    "×",
    `${scan.toFixed(1)} ms (${each(figures.scan)}), ${none.toFixed(1)} ms without (${each(figures.none)}), ${neighbour.toFixed(1)} ms beside a process that only counts; of all ${all.scan.length} requests in one ${p99(all.scan).toFixed(1)} and ${p99(all.none).toFixed(1)} ms; walks ${isIdle ? "in an idle group" : "at a nice value"}`,
  );
}

async function turnsOfOneRound(server: StoaProcess, overseer: Overseer) {
  const times = { none: [] as number[], scan: [] as number[], neighbour: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    let scan = { begun: 0, end: 0 };
    const beside = await listed(server, async () => {
      scan = await scanned(server, overseer);
    });
    const length = scan.end - scan.begun;
    times.scan.push(...tookOf(beside.filter(({ at }) => at >= scan.begun && at < scan.end)));
    times.none.push(...tookOf(await listed(server, () => sleep(length))));
    times.neighbour.push(...tookOf(await listed(server, () => countingFor(length))));
  }
  return times;
}

/** CPU of the server, its broker, its database and their commands, µs. */
async function cpuWhile({ pid }: StoaProcess, work: () => Promise<unknown>): Promise<number> {
  const before = treeCpuMicroseconds(pid);
  await work();
  return treeCpuMicroseconds(pid) - before;
}

/**
 * Has everything counted anew, and waits until it is; asks so seldom that the question itself costs nothing.
 * @returns when that was taken on, and when the last figure was written, as `performance.now()` counts
 */
async function scanned(
  { url }: StoaProcess,
  { pool, token }: Overseer,
): Promise<{ readonly begun: number; readonly end: number }> {
  const { rows: asked } = await pool.query("select now() as at");
  const answer = await fetch(`${url}/api/stoa/v1/storage/recount`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: "{}",
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  const begun = performance.now();
  const written = `select min(coalesce(used_at, 'epoch')) >= $1 as all, max(used_at) as last
    from storage_subjects where deleted_at is null`;
  for (;;) {
    await sleep(ASK_MS);
    const { rows } = await pool.query<{ all: boolean; last: Date }>(written, [asked[0].at]);
    if (rows[0]?.all) return { begun, end: rows[0].last.getTime() - performance.timeOrigin };
  }
}

interface Listed {
  /** As `performance.now()` counts. */
  readonly at: number;
  /** Milliseconds. */
  readonly took: number;
}

/** Each request of the list while that goes on, one each 20 ms. */
async function listed({ url }: StoaProcess, meanwhile: () => Promise<unknown>): Promise<Listed[]> {
  let over = false;
  const times: Listed[] = [];
  const done = meanwhile().finally(() => {
    over = true;
  });
  while (!over) {
    const at = performance.now();
    const answer = await fetch(`${url}/api/v1/storages/`, { headers });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`the list answered ${answer.status}`);
    times.push({ at, took: performance.now() - at });
    await sleep(20);
  }
  await done;
  return times;
}

function tookOf(times: readonly Listed[]): number[] {
  return times.map(({ took }) => took);
}

/** Another process that only counts, for so many milliseconds: in a session of its own, without a group that is idle. */
async function countingFor(ms: number): Promise<void> {
  const script = `const end = performance.now() + ${ms}; while (performance.now() < end);`;
  const child = spawn("nice", ["-n", "19", process.execPath, "-e", script], { stdio: "ignore", detached: true });
  await new Promise<void>((resolve, reject) => child.once("error", reject).once("exit", () => resolve()));
}

/** Of many turns together: of one alone it would be its slowest request. */
function p99(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}

function duCpu(): number {
  const times =
    execFileSync("bash", ["-c", 'du -sb "$0" > /dev/null; times', base], { encoding: "utf8" }).split("\n")[1] ?? "";
  return [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1_000_000,
    0,
  );
}

function postgresCpu(counts: boolean): number {
  if (!counts) return 0;
  return treeCpuMicroseconds(
    Number(readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]),
  );
}

/** What the server keeps, with ten times as many people, and after all of them were counted ten times over. */
async function memory(): Promise<Row[]> {
  const few = await keptAfresh();
  const made = await database();
  for (let one = 1; one <= 9_000; one += 1) mkdirSync(join(base, `many-${one}`), { mode: 0o770 });
  await made.query(`insert into storage_subjects (kind, name, quota, settled, used_at)
    select 'user', 'many-' || n, 1073741824, 1, now() from generate_series(1, 9000) n`);
  await made.end();
  const many = await keptAfresh();
  await restart();
  const pool = await database();
  const token = await accessToken(stoa.url, "admin", stoa.adminPassword);
  for (let scan = 0; scan < SCANS; scan += 1) await scanned(stoa, { pool, token });
  const later = await keptBytes(stoa.serverPid());
  await pool.end();
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  return [
    atMost(
      "Memory kept for 10,000 people beside 1,000",
      mebibytes(many - few),
      40,
      "MiB",
      `${mebibytes(many)} MiB in all`,
    ),
    atMost(`The same after ${SCANS} scans of all of them, beside none`, mebibytes(later - many), 20, "MiB"),
  ];
}

async function keptAfresh(): Promise<number> {
  await restart();
  await sleep(5_000);
  return keptBytes(stoa.serverPid());
}

/** Ends with the server, whose database it is. */
async function database(): Promise<pg.Pool> {
  return new pg.Pool({ connectionString: (await findEmbeddedPostgres(dataDir))?.url ?? "", max: 1 });
}

async function restart(): Promise<void> {
  await stoa.stop();
  stoa = await startStoa({ dataDir, env });
}
