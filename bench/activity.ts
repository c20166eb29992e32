/**
 * Reported executions: five million of 2,000 people, one of them with 500,000. Substring searches of that one and of
 * everybody's, rare and frequent, through the API; and reports as fast as they are taken, with all indexes on.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { findEmbeddedPostgres } from "../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { accessToken } from "../tests/support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../tests/support/stoa-process.ts";
import { EXECUTIONS, fillLog, needles, OF_ONE, SHORT } from "./support/activity-log.ts";
import { median } from "./support/median.ts";
import { atLeast, atMost, print, type Row } from "./support/report.ts";

const ROUNDS = 5;
const REPORTERS = 8;
const BATCH = 50;
const SECONDS = 60;
const PASSWORD = "correct horse battery";

const dataDir = newDataDir();
// The bounds of one person a day are for people.
const env = {
  STOA_REQUESTS_PER_MINUTE: "0",
  STOA_LOG_LEVEL: "warn",
  STOA_ACTIVITY_DAY_ENTRIES: "0",
  STOA_ACTIVITY_DAY_MB: "0",
};
const rows: Row[] = [];
let stoa = await startStoa({ dataDir, env });
try {
  const pool = new pg.Pool({ connectionString: (await findEmbeddedPostgres(dataDir))?.url ?? "", max: 1 });
  const { rows: admins } = await pool.query<{ id: number }>("select id from accounts where username = 'admin'");
  const begun = performance.now();
  await fillLog(pool, Number(admins[0]?.id));
  const filled = Math.round((performance.now() - begun) / 1000);
  console.error(`filled in ${filled} s`);
  await pool.end();
  const password = stoa.adminPassword;
  await stoa.stop();
  stoa = await startStoa({ dataDir, env });
  const token = await accessToken(stoa.url, "admin", password);
  rows.push(...(await ofOne(stoa, token)));
  rows.push(...(await ofAll(stoa, token)));
  rows.push(await reports(stoa));
  print({ name: "Activity", rows });
} finally {
  await discard(stoa);
}

/** Milliseconds of one call, whose answer is read whole. */
async function timed({ url }: StoaProcess, token: string, path: string) {
  const begun = performance.now();
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  const body = (await answer.json()) as { searched_back_to?: string | null };
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(body)}`);
  const stopped = answer.headers.get("stoa-searched-back-to") !== null || (body.searched_back_to ?? null) !== null;
  return { ms: performance.now() - begun, stopped };
}

/** Each needle in turn, several times; the first round is for the caches. */
async function searches(server: StoaProcess, token: string, texts: readonly string[], path: string) {
  const found: { text: string; ms: number; stopped: boolean }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const text of texts) {
      const one = { text, ...(await timed(server, token, path + encodeURIComponent(text))) };
      if (round > 0) found.push(one);
    }
  }
  found.sort((a, b) => a.ms - b.ms);
  const at = (share: number) => found[Math.min(found.length - 1, Math.floor(found.length * share))]?.ms ?? 0;
  const slowest = found.at(-1);
  return {
    p95: Math.round(at(0.95)),
    median: median(found.map(({ ms }) => ms)),
    slowest: `slowest ${Math.round(slowest?.ms ?? 0)} ms (\`${slowest?.text.replaceAll("|", "")}\`)`,
    stopped: new Set(found.filter(({ stopped }) => stopped).map(({ text }) => text)).size,
  };
}

async function ofOne(server: StoaProcess, token: string): Promise<Row[]> {
  const path = "/api/activity/search?limit=20&query=";
  const [long, short] = [
    await searches(server, token, needles(), path),
    await searches(server, token, SHORT, "/api/stoa/v1/activity?limit=20&text="),
  ];
  const who = `${OF_ONE.toLocaleString("en")} of ${EXECUTIONS.toLocaleString("en")} executions`;
  return [
    atMost(
      `Substring search of one person with ${who}, p95`,
      long.p95,
      300,
      "ms",
      `${needles().length} needles from everywhere to nowhere, median ${long.median.toFixed(0)} ms, ${long.slowest}; ${long.stopped} ended by time`,
    ),
    atMost(
      "The same by two characters, one page, p95",
      short.p95,
      1_000,
      "ms",
      `no trigram: read newest first; ${short.stopped} of ${SHORT.length} pages ended by time`,
    ),
  ];
}

async function ofAll(server: StoaProcess, token: string): Promise<Row[]> {
  const path = "/api/stoa/v1/admin/activity?limit=50&text=";
  const all = await searches(server, token, [...needles(), ...SHORT], path);
  return [
    atMost(
      "Search in everybody's, first page, p95",
      all.p95,
      1_000,
      "ms",
      `median ${all.median.toFixed(0)} ms, ${all.slowest}; ${all.stopped} ended by time`,
    ),
  ];
}

/** Eight people's kernels, each with the next batch as soon as the last one was taken. */
async function reports(server: StoaProcess): Promise<Row> {
  const tokens = await Promise.all(Array.from({ length: REPORTERS }, (_, n) => reporter(server, `reporter-${n}`)));
  const times: number[] = [];
  const until = performance.now() + SECONDS * 1000;
  const taken = await Promise.all(
    tokens.map(async (token, who) => {
      let count = 0;
      for (let batch = 0; performance.now() < until; batch += 1) {
        const begun = performance.now();
        count += await report(server, token, who * 1_000_000 + batch * BATCH);
        times.push(performance.now() - begun);
      }
      return count;
    }),
  );
  times.sort((a, b) => a - b);
  const perSecond = Math.round(taken.reduce((sum, count) => sum + count, 0) / SECONDS);
  const p99 = Math.round(times[Math.floor(times.length * 0.99)] ?? 0);
  const note = `batches of ${BATCH} by ${REPORTERS} people for ${SECONDS} s, each p99 ${p99} ms`;
  return atLeast("Executions taken a second, all indexes on", perSecond, 1_500, "a second", note);
}

async function reporter({ url }: StoaProcess, username: string): Promise<string> {
  const identity = { username, email: `${username}@example.org`, full_name: username, password: PASSWORD };
  const headers = { "content-type": "application/json" };
  const made = await fetch(`${url}/api/register`, { method: "POST", headers, body: JSON.stringify(identity) });
  if (made.status !== 201) throw new Error(`register: ${made.status} ${await made.text()}`);
  return accessToken(url, username, PASSWORD);
}

async function report({ url }: StoaProcess, token: string, from: number): Promise<number> {
  const executions = Array.from({ length: BATCH }, (_, n) => ({
    ...{ id: randomUUID(), timestamp: new Date().toISOString(), cell_number: n, execution_time_ms: n },
    code: `frame_${from + n} = pd.read_csv("measured_${from + n}.csv")\nprint(frame_${from + n}.describe())`,
    ...(n % 10 === 0
      ? { status: "error", error_message: `FileNotFoundError: measured_${from + n}.csv` }
      : { status: "success" }),
  }));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/api/audit-logs`, {
    method: "POST",
    headers,
    body: JSON.stringify({ executions }),
  });
  const body = (await answer.json()) as { taken: number };
  if (answer.status !== 200) throw new Error(`a report: ${answer.status} ${JSON.stringify(body)}`);
  return body.taken;
}
