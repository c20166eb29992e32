/**
 * JupyterHub: CPU of `GET /api/dashboard` beside a bare Fastify + pg handler that sends the same bytes, and its latency
 * while the hub takes two seconds for a call or is down; what a launch adds to a real hub's own time, pressed 20 times;
 * and how many calls keep 5,000 hub users' status fresh.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type HubDouble, startHubDouble } from "../packages/server/src/hub/testing/hub-double.ts";
import { findEmbeddedPostgres } from "../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { jupyterHub } from "../tests/support/jupyter-peers.ts";
import { type Hub, startHub } from "../tests/support/jupyterhub-process.ts";
import { accessToken, send } from "../tests/support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../tests/support/stoa-process.ts";
import { endChildren, firstLine } from "./support/child.ts";
import { postmasterOf } from "./support/family.ts";
import { load } from "./support/load.ts";
import { median } from "./support/median.ts";
import { cpuMicroseconds, treeCpuMicroseconds } from "./support/process-cpu.ts";
import { atMost, print, type Row } from "./support/report.ts";

const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 8;
const PRESSES = 20;
const HUB_USERS = 5_000;
const ACTIVE = 500;
const WATCHED_SECONDS = 130;

const rows: Row[] = [];
const hub = await startHubDouble();
const stoa = await startBeside(`${hub.apiUrl}`, hub.token);
try {
  const token = await accessToken(stoa.url, "admin", stoa.adminPassword);
  rows.push(...(await dashboardCost(token)));
  rows.push(...(await dashboardBesideIllHub(token)));
  rows.push(await calls());
} finally {
  await discard(stoa);
  await hub.close();
}
rows.push(await launches());
print({ name: "JupyterHub", rows });

function startBeside(apiUrl: string, token: string): Promise<StoaProcess> {
  const env = { STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn" };
  return startStoa({ env: { ...env, JUPYTERHUB_API_URL: apiUrl, JUPYTERHUB_API_TOKEN: token } });
}

async function dashboardCost(token: string): Promise<Row[]> {
  const database = (await findEmbeddedPostgres(stoa.dataDir))?.url ?? "";
  const pool = new pg.Pool({ connectionString: database, max: 1 });
  const { id } = (await pool.query("select id from accounts where username = 'admin'")).rows[0];
  await pool.end();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${stoa.url}/api/dashboard`, { headers });
  const body = (await (await fetch(`${stoa.url}/api/dashboard`, { headers })).json()) as { jupyter_status: object };
  if (answer.status !== 200) throw new Error(`the dashboard answered ${answer.status}`);
  const script = join(import.meta.dirname, "support/bare-dashboard.ts");
  const bare = spawn(process.execPath, [script, "0", String(id), JSON.stringify(body.jupyter_status)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, DATABASE_URL: database, NODE_ENV: "production" },
  });
  try {
    const url = await firstLine(bare, "the bare handler");
    await expectSame(body, await (await fetch(`${url}/api/dashboard`)).json());
    const ours = { url: stoa.url, pid: stoa.serverPid(), headers, costs: [] as number[] };
    const theirs = { url, pid: bare.pid as number, headers: {}, costs: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const side of [ours, theirs]) {
        const cost = await costOf(side);
        // The first is for the compiler.
        if (round > 0) side.costs.push(cost);
      }
    }
    const [own, bareCost] = [median(ours.costs), median(theirs.costs)];
    const note = `server + PostgreSQL ${Math.round(own)} µs, bare ${Math.round(bareCost)} µs`;
    const ratio = Number((own / bareCost).toFixed(2));
    return [atMost("`GET /api/dashboard`, CPU beside a bare Fastify + pg handler", ratio, 3, "×", note)];
  } finally {
    await endChildren([bare]);
  }
}

/** All but the seconds that are left of the credential, which pass. */
async function expectSame(ours: object, theirs: unknown): Promise<void> {
  const [a, b] = [ours, theirs].map((body) => JSON.stringify({ ...(body as object), session_remaining_seconds: 0 }));
  if (a !== b) throw new Error(`The answers differ:\n${a}\n${b}`);
}

async function costOf(side: { url: string; pid: number; headers: Record<string, string> }): Promise<number> {
  const used = () => cpuMicroseconds(side.pid) + treeCpuMicroseconds(postmasterOf(stoa.dataDir));
  const before = used();
  const target = { url: `${side.url}/api/dashboard`, headers: side.headers };
  const done = await load({ ...target, connections: CONNECTIONS, seconds: SECONDS });
  if (done.non2xx + done.errors > 0) throw new Error(`${side.url}: ${done.non2xx} refusals, ${done.errors} errors`);
  return (used() - before) / done.requests;
}

async function dashboardBesideIllHub(token: string): Promise<Row[]> {
  const slow = async (double: HubDouble) => {
    double.intercept = async () => {
      await sleep(2_000);
      return false;
    };
  };
  await slow(hub);
  const besideSlow = await p99(token);
  hub.intercept = () => false;
  await hub.goDown();
  const besideNone = await p99(token);
  await hub.comeUp();
  return [
    atMost(
      "`GET /api/dashboard`, p99 while the hub takes 2 s for a call",
      besideSlow,
      50,
      "ms",
      "one each 20 ms, for 30 s",
    ),
    atMost("The same while the hub is down", besideNone, 50, "ms"),
  ];
}

/** Milliseconds; over half a minute, so that what is remembered grows old several times. */
async function p99(token: string): Promise<number> {
  const times: number[] = [];
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(20)) {
    const begun = performance.now();
    const answer = await fetch(`${stoa.url}/api/dashboard`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`the dashboard answered ${answer.status}`);
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  return Number((times[Math.floor(times.length * 0.99)] ?? 0).toFixed(1));
}

/** Calls a minute once the pace is found, with everybody listed and a tenth of them at work. */
async function calls(): Promise<Row> {
  for (let n = 0; n < HUB_USERS; n += 1) hub.addUser(`somebody-${n}`);
  hub.spawn = () => ({ readyMs: 1 });
  for (let n = 0; n < ACTIVE; n += 1) {
    const init = { method: "POST", headers: { authorization: `token ${hub.token}` } };
    await fetch(`${hub.apiUrl}/users/somebody-${n}/server`, init);
  }
  await sleep(10_000);
  hub.calls.length = 0;
  await sleep(WATCHED_SECONDS * 1_000);
  const seen = new Map<string, number>();
  for (const call of hub.calls) seen.set(call, (seen.get(call) ?? 0) + 1);
  const aMinute = Number(((hub.calls.length / WATCHED_SECONDS) * 60).toFixed(1));
  const note = [...seen]
    .map(([call, number]) => `${number} × ${call}`)
    .join(", ")
    .slice(0, 200);
  return atMost(
    "5,000 hub users' status kept fresh, calls a minute",
    aMinute,
    60,
    "",
    `in ${WATCHED_SECONDS} s: ${note}`,
  );
}

/** The same person's server, by the hub's own API and by Stoa, by turns. */
async function launches(): Promise<Row> {
  const folder = jupyterHub(5);
  if (folder === null) throw new Error("a JupyterHub 5 is needed: STOA_PEERS=required npm run bench hub");
  const real = await startHub(folder, { HUB_EXAMPLE: join(import.meta.dirname, "../tests/peers/hub/plain_hub.py") });
  const server = await startBeside(`${real.url}/hub/api`, real.token);
  try {
    const token = await accessToken(server.url, "admin", server.adminPassword);
    const own: number[] = [];
    const bare: number[] = [];
    for (let press = 0; press <= PRESSES; press += 1) {
      // Stoa first: whom the hub has already is somebody's.
      const [through, direct] = [await byStoa(real, server, token), await byHand(real)];
      // The first is for all that is read from the disk once.
      if (press > 0) bare.push(direct) && own.push(through);
    }
    const added = Math.round(median(own) - median(bare));
    const note = `medians of ${PRESSES}: ${Math.round(median(own))} ms, the hub alone ${Math.round(median(bare))} ms`;
    return atMost("What Stoa adds to a launch on JupyterHub 5", added, 150, "ms", note);
  } finally {
    await discard(server);
    await real.stop();
  }
}

async function byHand(real: Hub): Promise<number> {
  const begun = performance.now();
  const { ready } = await real.start("admin");
  if (ready !== true) throw new Error("the hub did not start a server");
  const took = performance.now() - begun;
  await real.end("admin");
  return took;
}

/** From the press to the address that leads in, as the portal's page goes: told by events, not asking every few ms. */
async function byStoa(real: Hub, { url }: StoaProcess, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const ended = await launchEnds(url, headers);
  const begun = performance.now();
  const asked = await send(`${url}/api/stoa/v1/hub/launch`, "POST", {}, headers);
  if (asked.status !== 202) throw new Error(asked.text);
  const state = await ended.next();
  if (state !== "ready") throw new Error(`the launch ended: ${state}`);
  await send(`${url}/api/stoa/v1/hub`, "GET", undefined, headers);
  const opened = await send(`${url}/api/stoa/v1/hub/open`, "POST", {}, headers);
  if (opened.status !== 200) throw new Error(opened.text);
  const took = performance.now() - begun;
  ended.close();
  await real.end("admin");
  return took;
}

/** The stream of events, open: the state in which the next launch ends. */
async function launchEnds(url: string, headers: Record<string, string>) {
  const stream = await fetch(`${url}/api/stoa/v1/events`, { headers });
  if (stream.status !== 200 || stream.body === null) throw new Error(`the events answered ${stream.status}`);
  const body = Readable.fromWeb(stream.body);
  const lines = createInterface({ input: body });
  const next = async (): Promise<string> => {
    for await (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const { type, data } = JSON.parse(line.slice("data:".length));
      if (type === "hub.launch" && data.state !== "queued" && data.state !== "asked") return data.state;
    }
    throw new Error("the stream of events ended");
  };
  return { next, close: () => body.destroy() };
}
