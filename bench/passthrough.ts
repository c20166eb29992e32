/**
 * The passthrough beside its peers, in one run: configurable-http-proxy for HTTP, a bare socket pipe for
 * WebSockets. CPU per request is read from the kernel, for the proxy's process alone. Sessions are kept apart as they are
 * where nothing is set; the second of two rows is that of a program that can only listen on a port, behind a bridge.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { join } from "node:path";
import { type OpenSession, openSession } from "../tests/support/open-session.ts";
import { signIn } from "../tests/support/portal-client.ts";
import { discard, startStoa } from "../tests/support/stoa-process.ts";
import { endChildren, firstLine, startChild } from "./support/child.ts";
import { load } from "./support/load.ts";
import { median } from "./support/median.ts";
import { cpuMicroseconds, openDescriptors, residentBytes } from "./support/process-cpu.ts";
import { atLeast, atMost, print, type Row } from "./support/report.ts";

const UPSTREAM_PORT = 18_200;
const CHP_PORT = 18_201;
const PIPE_PORT = 18_203;
const ROUNDS = 5;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const CONNECTIONS = 64;
/** What the upstream answers `/large` with. */
const LARGE_MIB = 256;

const children: ChildProcess[] = [];
try {
  children.push(await startChild("web-upstream.ts", [String(UPSTREAM_PORT)]));
  children.push(await startChild("bare-pipe.ts", [String(PIPE_PORT), String(UPSTREAM_PORT)]));
  const chp = await startChp();
  // A server of its own for each half: HTTP load leaves a larger heap behind, which the peers,
  // started fresh, don't have; and memory that is already held can't be seen to grow.
  const rows = [
    ...(await onFreshServer("bench_web", (server) => http(server, chp.pid as number))),
    ...(await onFreshServer("bench_web", async (server) => [
      await idleWebSockets(server),
      await webSocketEcho(server),
      await largeAnswer(server),
      await abortedRequests(server),
    ])),
    ...(await bridged(chp.pid as number)),
  ];
  print({ name: "Passthrough", rows });
} finally {
  await endChildren(children);
}

interface Server {
  readonly pid: number;
  readonly session: OpenSession;
}

/** @returns nothing where this machine has no network for it */
async function bridged(chpPid: number): Promise<Row[]> {
  const name = (row: Row): Row => ({ ...row, what: `${row.what}, behind a bridge` });
  try {
    const rows = [
      ...(await onFreshServer("bench_port", (server) => http(server, chpPid, bridgePid()))),
      ...(await onFreshServer("bench_port", async (server) => [
        await webSocketEcho(server),
        await largeAnswer(server, bridgePid()),
      ])),
    ];
    return rows.map(name);
  } catch (error) {
    if (!(error as Error).message.startsWith("start:")) throw error;
    process.stderr.write(`no session behind a bridge: ${(error as Error).message}\n`);
    return [];
  }
}

/** The newest: tests beside this may have others. */
function bridgePid(): number {
  const pids = readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && isBridge(commandOf(name));
    } catch {
      return false; // it has ended meanwhile
    }
  });
  if (pids.length === 0) throw new Error("there is no bridge");
  return Math.max(...pids.map(Number));
}

function commandOf(pid: string): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
}

function isBridge([program, ...args]: readonly string[]): boolean {
  return program === "/run/stoa/node" && args.some((part) => part.startsWith("/run/stoa/bridge"));
}

async function onFreshServer(jobType: string, measure: (server: Server) => Promise<Row[]>): Promise<Row[]> {
  const stoa = await startStoa({
    main: join(import.meta.dirname, "../tests/support/stoa-with-programs.ts"),
    env: {
      STOA_LOG_LEVEL: "warn",
      STOA_REQUESTS_PER_MINUTE: "0",
      STOA_LOCAL_ISOLATION: "auto",
      STOA_SESSION_CONNECTIONS: "4000",
    },
  });
  try {
    const session = await openSession(await signIn(stoa.url, "admin", stoa.adminPassword), jobType);
    return await measure({ pid: stoa.serverPid(), session });
  } finally {
    await discard(stoa);
  }
}

async function startChp(): Promise<ChildProcess> {
  const bin = createRequire(import.meta.url).resolve("configurable-http-proxy/bin/configurable-http-proxy");
  const child = spawn(
    process.execPath,
    [bin, "--ip=127.0.0.1", `--port=${CHP_PORT}`, `--api-port=${CHP_PORT + 1}`, "--log-level=error"],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, CONFIGPROXY_AUTH_TOKEN: "c".repeat(32) } },
  );
  children.push(child);
  for (let tries = 0; ; tries += 1) {
    // A route for one person's server, as JupyterHub sets it.
    const answer = await fetch(`http://127.0.0.1:${CHP_PORT + 1}/api/routes/user/ada`, {
      method: "POST",
      headers: { Authorization: `token ${"c".repeat(32)}` },
      body: JSON.stringify({ target: `http://127.0.0.1:${UPSTREAM_PORT}` }),
    }).catch(() => null);
    if (answer?.status === 201) return child;
    if (tries > 100) throw new Error("configurable-http-proxy does not answer");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @param beside a process whose CPU counts as the proxy's */
async function http({ pid, session }: Server, chpPid: number, beside?: number): Promise<Row[]> {
  const figures = { stoa: [] as { cpu: number; rps: number }[], chp: [] as { cpu: number; rps: number }[] };
  const ours = beside === undefined ? [pid] : [pid, beside];
  const cpuOf = (pids: readonly number[]) => pids.reduce((sum, one) => sum + cpuMicroseconds(one), 0);
  const one = async (proxies: readonly number[], url: string, headers: Record<string, string>) => {
    const before = cpuOf(proxies);
    const result = await load({ url, headers, connections: CONNECTIONS, seconds: SECONDS });
    if (result.non2xx + result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
    return { cpu: (cpuOf(proxies) - before) / result.requests, rps: result.requestsPerSecond };
  };
  await one(ours, session.url, session.headers); // warm
  await one([chpPid], `http://127.0.0.1:${CHP_PORT}/user/ada/`, {});
  for (let round = 0; round < ROUNDS; round += 1) {
    figures.stoa.push(await one(ours, session.url, session.headers));
    figures.chp.push(await one([chpPid], `http://127.0.0.1:${CHP_PORT}/user/ada/`, {}));
  }
  const cpu = median(figures.stoa.map((f) => f.cpu));
  const chpCpu = median(figures.chp.map((f) => f.cpu));
  const ratio = median(figures.stoa.map((f, i) => f.rps / (figures.chp[i]?.rps ?? Number.NaN)));
  const note = `configurable-http-proxy: ${chpCpu.toFixed(0)} µs in this run`;
  return [
    atMost("proxy CPU per request, authorised", Math.round(cpu), 160, "µs", note),
    atLeast("requests per second against configurable-http-proxy", Number(ratio.toFixed(2)), 3, "×"),
  ];
}

async function webSocketEcho({ session }: Server): Promise<Row> {
  const job = (url: string, headers: Record<string, string>) =>
    JSON.stringify({ mode: "echo", url, headers, connections: 16, seconds: SECONDS });
  const one = (text: string): number => {
    const script = join(import.meta.dirname, "support/websocket-load.ts");
    const line = execFileSync(process.execPath, [script, text], { encoding: "utf8" });
    return (JSON.parse(line) as { perSecond: number }).perSecond;
  };
  const viaPipe = (): number => one(job(`ws://127.0.0.1:${PIPE_PORT}/`, {}));
  const viaStoa = (): number => one(job(session.webSocketUrl, { ...session.headers, Origin: session.origin }));
  // Warm, both alike: the first seconds are the compiler's.
  for (let i = 0; i < 3; i += 1) {
    viaPipe();
    viaStoa();
  }
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const piped = viaPipe();
    ratios.push(viaStoa() / piped);
  }
  const note = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
  return atLeast(
    "WebSocket echo of 1 KiB against a bare socket pipe",
    Number(median(ratios).toFixed(2)),
    0.9,
    "×",
    note,
  );
}

/** @param beside a process whose CPU counts as the proxy's */
async function largeAnswer({ pid, session }: Server, beside?: number): Promise<Row> {
  const ours = beside === undefined ? [pid] : [pid, beside];
  const cpu = () => ours.reduce((sum, one) => sum + cpuMicroseconds(one), 0);
  const viaPipe = () => secondsToRead(`http://127.0.0.1:${PIPE_PORT}/large`, {});
  const viaStoa = () => secondsToRead(`${session.url}large`, session.headers);
  await viaPipe();
  await viaStoa();
  const figures: { ratio: number; seconds: number; cpu: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const piped = await viaPipe();
    const before = cpu();
    const seconds = await viaStoa();
    figures.push({ ratio: piped / seconds, seconds, cpu: cpu() - before });
  }
  const speed = LARGE_MIB / median(figures.map((one) => one.seconds));
  const work = median(figures.map((one) => one.cpu)) / 1e6 / (LARGE_MIB / 1024);
  const note = `${speed.toFixed(0)} MiB/s, ${work.toFixed(2)} s of CPU a GiB; no bound was set`;
  const value = Number(median(figures.map((one) => one.ratio)).toFixed(2));
  return { what: "Speed of a large answer against a bare socket pipe", value, unit: "×", bound: "–", met: true, note };
}

function secondsToRead(url: string, headers: Record<string, string>): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (res) => {
      let bytes = 0;
      res.on("data", (part: Buffer) => (bytes += part.length));
      res.on("end", () => {
        if (res.statusCode === 200 && bytes === LARGE_MIB * 2 ** 20) resolve((performance.now() - begun) / 1000);
        else reject(new Error(`${url}: ${res.statusCode}, ${bytes} bytes`));
      });
    }).on("error", reject);
  });
}

async function idleWebSockets({ pid, session }: Server): Promise<Row> {
  const before = residentBytes(pid);
  const text = JSON.stringify({
    mode: "idle",
    url: session.webSocketUrl,
    headers: { ...session.headers, Origin: session.origin },
    connections: 2000,
    seconds: 0,
  });
  const child = spawn(process.execPath, [join(import.meta.dirname, "support/websocket-load.ts"), text], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const line = await firstLine(child, "websocket-load.ts");
  if (line !== JSON.stringify({ open: 2000 })) throw new Error(`not all WebSockets opened: ${line}`);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const grown = (residentBytes(pid) - before) / 1e6;
  await endChildren([child]);
  return atMost("resident memory for 2,000 idle WebSockets", Math.round(grown), 150, "MB");
}

async function abortedRequests({ pid, session }: Server): Promise<Row> {
  const { hostname, port } = new URL(session.url);
  const head = Object.entries(session.headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  const abortOne = () =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`GET /slow HTTP/1.1\r\n${head}\r\n`);
        setTimeout(() => socket.destroy(), 5);
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
  await new Promise((resolve) => setTimeout(resolve, 25_000)); // what earlier parts left idle has gone
  const before = openDescriptors(pid);
  for (let batch = 0; batch < 100; batch += 1) await Promise.all(Array.from({ length: 100 }, abortOne));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return atMost("descriptors left after 10,000 aborted requests", Math.max(0, openDescriptors(pid) - before), 0, "");
}
