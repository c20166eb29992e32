/**
 * 200 terminals that nobody types into: what the server takes of a core meanwhile (beside PostgreSQL and all session
 * hosts), what a session host takes of memory, how soon the end of a program is seen in a browser, and how long a
 * restart takes that finds them all again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { attachTerminal } from "../tests/chaos/terminal-client.ts";
import { freePort } from "../tests/support/external-postgres.ts";
import { type PortalClient, signIn } from "../tests/support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../tests/support/stoa-process.ts";
import { openEvents } from "./support/event-stream.ts";
import { hostsIn, memoryOf, postmasterOf } from "./support/family.ts";
import { median } from "./support/median.ts";
import { cpuMicroseconds, treeCpuMicroseconds } from "./support/process-cpu.ts";
import { atMost, print, type Row } from "./support/report.ts";

const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 200);
const AT_ONCE = 8;
const IDLE_SECONDS = 30;
const SETTLES_SECONDS = 20;
const CHANGES = 30;
/** Sessions end for the latency's sake; so many more are started. */
const RESTARTS = 3;

const dataDir = newDataDir();
const port = await freePort();
let stoa = await start();
try {
  const client = await signIn(stoa.url, "admin", stoa.adminPassword);
  const empty = await idleCosts(10);
  await startSessions(client, SESSIONS + CHANGES);
  await sleep(3_000);
  const rows = [...(await changes(client)), ...(await idle(empty)), memory(), ...(await restarts())];
  print({ name: "Sessions", rows });
} finally {
  await stopAll(await signIn(stoa.url, "admin", stoa.adminPassword)).catch(() => undefined);
  await discard(stoa);
}

function start(): Promise<StoaProcess> {
  return startStoa({
    dataDir,
    env: {
      STOA_PORT: String(port),
      STOA_LOG_LEVEL: "warn",
      STOA_REQUESTS_PER_MINUTE: "0",
      STOA_SESSIONS_PER_PERSON: "1000",
      STOA_SESSION_MEMORY_CHECK: "off",
      STOA_LOCAL_ISOLATION: "auto",
      SHELL: "/bin/bash",
    },
  });
}

async function startSessions(client: PortalClient, count: number): Promise<void> {
  const made = await client.call("POST", "/workspaces/", { name: "bench", description: "", workspace_details: {} });
  const path = `/workspaces/${made.json.data.workspace.id}/start/`;
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const started = await client.call("PUT", path, { job_type: "terminal" });
      if (started.status !== 200) throw new Error(`start: ${started.text}`);
      await untilRunning(client, started.json.data.job.id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function untilRunning(client: PortalClient, jobId: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { status } = (await client.call("GET", `/jobs/${jobId}/`)).json.data.jobs[0];
    if (status === "running") return;
    await sleep(100);
  }
  throw new Error(`session ${jobId} does not run`);
}

/** Per cent of a core, by whom. As root the broker counts as the server. */
async function idleCosts(seconds: number): Promise<{ server: number; postgres: number; hosts: number }> {
  const hosts = hostPids();
  const server = new Set([stoa.pid, stoa.serverPid()]);
  const read = () => ({
    at: performance.now(),
    server: sum([...server].map(cpuMicroseconds)),
    postgres: treeCpuMicroseconds(postmasterOf(dataDir)),
    hosts: sum(hosts.map(cpuMicroseconds)),
  });
  // What was begun before has its end first: workspaces looked at, code compiled, sessions settled.
  await sleep(SETTLES_SECONDS * 1000);
  const before = read();
  await sleep(seconds * 1000);
  const after = read();
  const share = (of: "server" | "postgres" | "hosts") => (after[of] - before[of]) / (after.at - before.at) / 10;
  return { server: share("server"), postgres: share("postgres"), hosts: share("hosts") };
}

async function idle(empty: { server: number; postgres: number }): Promise<Row[]> {
  const costs = await idleCosts(IDLE_SECONDS);
  const note =
    `PostgreSQL ${costs.postgres.toFixed(2)} %, all hosts together ${costs.hosts.toFixed(2)} %; ` +
    `${SETTLES_SECONDS} s after the last start; without sessions ${empty.server.toFixed(2)} % and ${empty.postgres.toFixed(2)} %`;
  const value = Number(costs.server.toFixed(2));
  return [atMost(`Server's CPU while ${SESSIONS} sessions run and nothing happens`, value, 2, "% of a core", note)];
}

function memory(): Row {
  const each = hostPids().map(memoryOf);
  const mib = (of: "rss" | "pss" | "own") => median(each.map((one) => one[of])) / 2 ** 20;
  const note = `resident ${mib("rss").toFixed(1)} MiB, its alone ${mib("own").toFixed(1)} MiB; no bound was set`;
  const value = Number(mib("pss").toFixed(1));
  return { what: "Memory of a session host (PSS)", value, unit: "MiB", bound: "–", met: true, note };
}

/** From a program's end to the news in a browser's event stream. */
async function changes(client: PortalClient): Promise<Row[]> {
  const arrived = new Map<number, { first: number; last: number }>();
  const close = await openEvents(client, ({ type, subject, data }) => {
    if (type !== "session.status") return;
    const now = performance.now();
    const { first = now, last = Number.NaN } = arrived.get(Number(subject.id)) ?? {};
    arrived.set(Number(subject.id), { first, last: data.status === "complete" ? now : last });
  });
  const firsts: number[] = [];
  const lasts: number[] = [];
  for (const { jobId, program } of hostsIn(dataDir).slice(-CHANGES)) {
    arrived.delete(jobId);
    const before = performance.now();
    process.kill(program, "SIGKILL");
    for (let tries = 0; Number.isNaN(arrived.get(jobId)?.last ?? Number.NaN); tries += 1) {
      if (tries > 500) throw new Error(`nobody heard of the end of session ${jobId}`);
      await sleep(20);
    }
    const times = arrived.get(jobId);
    firsts.push((times?.first ?? Number.NaN) - before);
    lasts.push((times?.last ?? Number.NaN) - before);
    await sleep(100);
  }
  close();
  const note = `median ${Math.round(median(firsts))} ms; that all of it is over: ${Math.round(median(lasts))} and ${Math.round(percentile(lasts))} ms`;
  const value = Math.round(percentile(firsts));
  return [atMost("From a program's end to the news in a browser, 95th percentile", value, 150, "ms", note)];
}

/** A server that comes back has them all, and they answer, when it says that it is ready. */
async function restarts(): Promise<Row[]> {
  const figures: number[] = [];
  for (let round = 0; round < RESTARTS; round += 1) {
    await stoa.stop();
    stoa = await start();
    figures.push(stoa.startedInMs / 1000);
    const client = await signIn(stoa.url, "admin", stoa.adminPassword);
    const running = (await client.call("GET", "/jobs/?status=running")).json.data.jobs as { id: number }[];
    if (running.length !== SESSIONS) throw new Error(`${running.length} of ${SESSIONS} sessions run after a restart`);
    const terminal = await attachTerminal(client, running[running.length >> 1]?.id as number);
    terminal.type("echo al''ive\n");
    await terminal.see(/alive/);
    terminal.close();
  }
  const note = `${figures.map((one) => one.toFixed(2)).join(", ")} s, the server's own start and its database's included`;
  const value = Number(median(figures).toFixed(2));
  return [atMost(`Restart until ${SESSIONS} sessions are adopted and it answers`, value, 3, "s", note)];
}

async function stopAll(client: PortalClient): Promise<void> {
  const jobs = (await client.call("GET", "/jobs/?status=running")).json.data.jobs as { id: number }[];
  for (const { id } of jobs) await client.call("PUT", `/jobs/${id}/stop/`);
  for (let tries = 0; tries < 120; tries += 1) {
    const left = (await client.call("GET", "/jobs/?status=stopping")).json.data.jobs as unknown[];
    if (left.length === 0) return;
    await sleep(500);
  }
}

function hostPids(): number[] {
  return hostsIn(dataDir).map(({ host }) => host);
}

function percentile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
