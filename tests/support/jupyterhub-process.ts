import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, send } from "./portal-client.ts";

const ROOT = join(import.meta.dirname, "../..");
const HOOK = join(ROOT, "integrations/jupyterhub");
const CONFIG = join(ROOT, "tests/peers/jupyterhub_config.py");
/** Without npm's folders: an operator's hub doesn't find what is in them. */
const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/** A real JupyterHub with the hook, on free ports of loopback; its servers are processes of this account. */
export interface Hub {
  readonly url: string;
  readonly version: string;
  /** A service's, that may administer users and servers. */
  readonly token: string;
  /** All that it printed so far. */
  output(): string;
  /** A call of its REST API as an operator. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Asks for a person's server and waits till it is there or has failed. Its last progress event. */
  start(person: string): Promise<Progress>;
  /** Ends a person's server. */
  end(person: string): Promise<void>;
  isUp(): boolean;
  stop(): Promise<void>;
}

export interface Progress {
  readonly ready?: boolean;
  readonly failed?: boolean;
  readonly message: string;
  readonly html_message?: string;
}

/**
 * Starts the one that is installed below `folder`, with the hook's example for plain processes.
 * `env`: what the example reads, and STOA_API_KEY.
 */
export async function startHub(folder: string, env: Readonly<Record<string, string>>): Promise<Hub> {
  const base = mkdtempSync(join(tmpdir(), "stoa-hub-"));
  const token = randomBytes(16).toString("hex");
  const ports = await freePorts(3);
  const bin = join(folder, "bin");
  const child = spawn(join(bin, "jupyterhub"), ["-f", CONFIG], {
    cwd: base,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: `${bin}:${SYSTEM_PATH}`,
      HOME: base,
      LANG: "C.UTF-8",
      PYTHONPATH: HOOK,
      PYTHONDONTWRITEBYTECODE: "1",
      HUB_EXAMPLE: join(HOOK, "examples/simple_local_process_spawner.py"),
      HUB_BASE: base,
      HUB_PORTS: ports.join(","),
      // Debian's own proxy breaks beside another Node.
      HUB_PROXY: [
        process.execPath,
        join(ROOT, "node_modules/configurable-http-proxy/bin/configurable-http-proxy"),
      ].join("\n"),
      HUB_SINGLEUSER: join(bin, "jupyterhub-singleuser"),
      // Debian's has no newer one beside notebook 6.
      HUB_SINGLEUSER_APP: folder === "/usr" ? "notebook.notebookapp.NotebookApp" : "jupyter_server.serverapp.ServerApp",
      HUB_TOKEN: token,
      ...env,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-1_000_000);
    });
  }
  const url = `http://127.0.0.1:${ports[0]}`;
  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(`${url}/hub/api${path}`, method, body, { Authorization: `token ${token}` });
  const isUp = (): boolean => child.exitCode === null && child.signalCode === null;
  await up(call, isUp, () => output);
  return {
    url,
    token,
    version: (await call("GET", "/")).json.version,
    output: () => output,
    call,
    isUp,
    start: (person) => startServer(call, person),
    end: (person) => endServer(call, person),
    async stop() {
      await stopped(child);
      endLeftOver(base);
      rmSync(base, { recursive: true, force: true });
    },
  };
}

type Call = Hub["call"];

async function up(call: Call, isUp: () => boolean, output: () => string): Promise<void> {
  for (const until = Date.now() + 60_000; ; await sleep(100)) {
    const answer = await call("GET", "/").catch(() => null);
    if (answer?.status === 200) return;
    if (!isUp() || Date.now() > until) throw new Error(`JupyterHub did not start. It printed:\n${output()}`);
  }
}

async function startServer(call: Call, person: string): Promise<Progress> {
  await call("POST", `/users/${person}`);
  const asked = await call("POST", `/users/${person}/server`);
  // One that failed at once is told by the same answer.
  if (asked.status >= 400) return { failed: true, message: asked.json.message };
  const progress = await call("GET", `/users/${person}/server/progress`);
  const events = progress.text.split("\n").filter((line) => line.startsWith("data:"));
  return JSON.parse(events.at(-1)?.slice("data:".length) ?? '{"message": "no events"}');
}

async function endServer(call: Call, person: string): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(200)) {
    const answer = await call("DELETE", `/users/${person}/server`);
    if (answer.status === 204) return;
  }
  throw new Error(`the server of ${person} did not end`);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await gone;
  clearTimeout(late);
}

/** A hub that died leaves its proxy and its servers, each in a session of its own; this hub's folder is in their surroundings. */
function endLeftOver(base: string): void {
  for (const file of globSync("/proc/[0-9]*/environ")) {
    try {
      if (readFileSync(file, "latin1").includes(base)) process.kill(Number(file.split("/")[2]), "SIGKILL");
    } catch {
      // It has ended, or is another account's.
    }
  }
}

/** Found all at once, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
