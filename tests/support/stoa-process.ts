import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAccountsOf } from "../../packages/server/src/platform/processes/testing-broker.ts";
import { lendPrograms } from "../../packages/server/src/testing/lent-programs.ts";

const MAIN = join(import.meta.dirname, "../../packages/server/src/main.ts");

/** A real server in a process of its own, on a free port of loopback, as `npm start` runs it. */
export interface StoaProcess {
  readonly url: string;
  readonly pid: number;
  /** Of the process that answers: as root it is its broker's child. */
  serverPid(): number;
  /** Of the process: as root the broker's, which are the server, people's agents, sessions' hosts and the database. */
  children(): readonly number[];
  /** Resolves with its exit code; null: it was killed. */
  readonly ended: Promise<number | null>;
  readonly dataDir: string;
  readonly adminPassword: string;
  /** Milliseconds from spawn to the line that says it is ready. */
  readonly startedInMs: number;
  /** All that it printed so far. */
  output(): string;
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>;
  /** The same, and of the broker's child with it, which would else drain and give back what it has in hand. */
  killBoth(): Promise<void>;
  /** SIGTERM, and waits for the drain. Returns the exit code. */
  stop(): Promise<number | null>;
}

export interface StartOptions {
  /** Kept by the caller when given; else a new one, removed by `discard`. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly adminPassword?: string;
  readonly timeoutMs?: number;
  readonly main?: string;
}

export const ADMIN_PASSWORD = "correct horse battery";

/** Starts it and waits for `Stoa is ready at <url>`; fails with its output when that does not come. */
export async function startStoa(options: StartOptions = {}): Promise<StoaProcess> {
  const dataDir = options.dataDir ?? newDataDir();
  const adminPassword = options.adminPassword ?? ADMIN_PASSWORD;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [options.main ?? MAIN], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: homeOf(dataDir),
      LANG: "C.UTF-8",
      STOA_PORT: "0",
      STOA_DATA_DIR: dataDir,
      STOA_ADMIN_PASSWORD: adminPassword,
      STOA_LOCAL_ISOLATION: "none",
      // What a machine that runs tests has free is its own matter.
      STOA_SESSION_MEMORY_CHECK: "off",
      ...options.env,
    },
  });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    if (output.length > 2_000_000) output = output.slice(-1_000_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const url = await ready(child, () => output, options.timeoutMs ?? 60_000);
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return {
    url,
    pid: child.pid as number,
    serverPid: () => serverBelow(child.pid as number),
    children: () => childrenOf(child.pid as number),
    ended: exited,
    dataDir,
    adminPassword,
    startedInMs: performance.now() - startedAt,
    output: () => output,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async killBoth() {
      process.kill(serverBelow(child.pid as number), "SIGKILL");
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill("SIGTERM");
      return await exited;
    },
  };
}

/** An empty home for the sessions' shells: what the machine's own account runs at login is not the tests' matter. */
function homeOf(dataDir: string): string {
  const home = `${dataDir}-home`;
  mkdirSync(home, { recursive: true });
  return home;
}

/** A fresh data directory below the system's temporary one. */
export function newDataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), `stoa-test-${randomBytes(3).toString("hex")}-`));
  // As root PostgreSQL runs as another account, which must get through.
  chmodSync(dir, 0o711);
  lendPrograms(dir);
  return dir;
}

/** Stops the server and the sessions that it would leave running, and removes its directory. */
export async function discard(stoa: StoaProcess): Promise<void> {
  await stoa.stop();
  for (const file of globSync(join(stoa.dataDir, "run/sessions/*/host.json"))) {
    const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid: number };
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(stoa.dataDir)) process.kill(pid, "SIGTERM");
    } catch {
      // It has ended already.
    }
  }
  await removeAccountsOf(stoa.dataDir);
  rmSync(stoa.dataDir, { recursive: true, force: true });
  rmSync(homeOf(stoa.dataDir), { recursive: true, force: true });
}

/** A broker's server runs the same program under another account. */
function serverBelow(pid: number): number {
  const main = readFileSync(`/proc/${pid}/cmdline`, "utf8")
    .split("\0")
    .find((part) => part.endsWith(".ts"));
  const server = childrenOf(pid).find((one) => {
    const command = readFileSync(`/proc/${one}/cmdline`, "utf8").split("\0");
    return main !== undefined && command.includes(main);
  });
  return server ?? pid;
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

function ready(child: ChildProcess, output: () => string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      stop();
      child.kill("SIGKILL");
      reject(new Error(`Stoa did not start: ${why}. It printed:\n${output()}`));
    };
    const timer = setTimeout(() => fail(`no ready line within ${timeoutMs} ms`), timeoutMs);
    const look = (): void => {
      const url = /Stoa is ready at (\S+)/.exec(output())?.[1];
      if (url === undefined) return;
      stop();
      resolve(url);
    };
    const exit = (code: number | null): void => fail(`it exited with ${code}`);
    const stop = (): void => {
      clearTimeout(timer);
      child.stdout?.off("data", look);
      child.off("exit", exit);
    };
    child.stdout?.on("data", look);
    child.once("exit", exit);
  });
}
