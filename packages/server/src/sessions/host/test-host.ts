import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { lentHost } from "../../testing/lent-programs.ts";
import { readJson, writeJsonAtomically } from "./atomic-file.ts";
import { type ExitFile, type HostStatus, type JobFile, RUN_FILES } from "./job-file.ts";
import { signal } from "./process-identity.ts";
import { findTree } from "./process-tree.ts";

/** A host of a test's own, in a folder of its own. */
export interface TestHost {
  readonly folder: string;
  readonly job: JobFile;
  readonly process: ChildProcess;
  status(): Promise<HostStatus>;
  stop(): Promise<void>;
  /** Resolves with exit.json once nothing of the tree is left. */
  exit(withinMs?: number): Promise<ExitFile>;
  attach(size?: { cols: number; rows: number }): Promise<TestTerminal>;
  /** Running processes of the session. */
  tree(): number[];
}

export interface TestTerminal {
  readonly frames: Record<string, unknown>[];
  text(): string;
  /** Bytes received. */
  received(): number;
  type(text: string): void;
  until(text: string, withinMs?: number): Promise<void>;
  close(): void;
  readonly socket: WebSocket;
}

interface Wanted {
  readonly command: readonly [string, ...string[]];
  readonly kind?: "pty" | "plain";
  readonly web?: JobFile["web"];
  readonly limits?: Partial<JobFile["limits"]>;
  readonly enclosure?: JobFile["enclosure"];
  readonly port?: number;
  readonly prepare?: JobFile["prepare"];
  readonly allowance?: JobFile["allowance"];
  /** Path below the test's folder. */
  readonly below?: string;
}

const { host: MAIN } = lentHost();
const made: { root: string; job: JobFile; process: ChildProcess }[] = [];

export async function startHost(wanted: Wanted): Promise<TestHost> {
  const root = mkdtempSync(join(tmpdir(), "stoa-host-"));
  const folder = join(root, wanted.below ?? "");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const job = describeJob(wanted, folder);
  writeJsonAtomically(join(folder, RUN_FILES.job), job);
  const process_ = spawnHost(folder);
  made.push({ root, job, process: process_ });
  // The folder's own path may be too long for a socket's address.
  const short = `/proc/self/fd/${openSync(folder, "r")}`;
  // It listens before it starts anything.
  const said = (name: string): boolean => existsSync(join(folder, name));
  const first = wanted.prepare === undefined ? RUN_FILES.child : RUN_FILES.socket;
  await eventually(() => said(first) || said(RUN_FILES.exit) || process_.exitCode !== null);
  return {
    folder,
    job,
    process: process_,
    status: () => call(short, "GET", "/status") as Promise<HostStatus>,
    stop: async () => void (await call(short, "POST", "/stop")),
    exit: (withinMs = 30_000) => exitOf(folder, withinMs),
    attach: (size) => attach(short, size),
    tree: () => findTree({ marker: job.marker, root: null, spare: [] }).map((stat) => stat.pid),
  };
}

export function spawnHost(folder: string): ChildProcess {
  return spawn(process.execPath, [MAIN, folder], {
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
    env: { PATH: process.env.PATH ?? "" },
  });
}

/** Ends every host of the test and removes its folder. */
export async function endHosts(): Promise<void> {
  for (const { root, job, process: host } of made.splice(0)) {
    host.kill("SIGKILL");
    for (const stat of findTree({ marker: job.marker, root: null, spare: [] })) signal(stat, "SIGKILL");
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
  await sleep(0);
}

export async function eventually(check: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > until) throw new Error(`It did not happen within ${withinMs} ms.`);
    await sleep(10);
  }
}

function describeJob(wanted: Wanted, folder: string): JobFile {
  return {
    jobId: 7,
    marker: randomUUID(),
    program: {
      kind: wanted.kind ?? "pty",
      command: wanted.command,
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", PS1: "ready> ", TERM: "xterm-256color" },
    },
    web: wanted.web ?? "none",
    ...(wanted.enclosure === undefined ? {} : { enclosure: wanted.enclosure }),
    ...(wanted.port === undefined ? {} : { port: wanted.port }),
    ...(wanted.prepare === undefined ? {} : { prepare: wanted.prepare }),
    ...(wanted.allowance === undefined ? {} : { allowance: wanted.allowance }),
    limits: {
      scrollbackBytes: 100_000,
      logBytes: 1_000_000,
      wallSeconds: null,
      graceSeconds: 0.5,
      lingerSeconds: 2,
      ...wanted.limits,
    },
  };
}

async function exitOf(folder: string, withinMs: number): Promise<ExitFile> {
  const read = (): ExitFile | undefined => readJson(join(folder, RUN_FILES.exit)) as ExitFile | undefined;
  await eventually(() => read()?.tree === "gone", withinMs);
  return read() as ExitFile;
}

function call(folder: string, method: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath: join(folder, RUN_FILES.socket), method, path }, async (res) => {
      let text = "";
      for await (const part of res) text += String(part);
      resolve(JSON.parse(text));
    });
    req.on("error", reject).end(method === "POST" ? "{}" : undefined);
  });
}

async function attach(folder: string, size?: { cols: number; rows: number }): Promise<TestTerminal> {
  const socket = new WebSocket(`ws+unix://${join(folder, RUN_FILES.socket)}:/tty`);
  const frames: Record<string, unknown>[] = [];
  let bytes = 0;
  let text = "";
  socket.on("message", (data: Buffer, binary) => {
    if (!binary) frames.push(JSON.parse(data.toString()) as Record<string, unknown>);
    else {
      bytes += data.length;
      text = (text + data.toString("latin1")).slice(-200_000);
    }
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  if (size !== undefined) socket.send(JSON.stringify({ type: "resize", ...size }));
  return {
    frames,
    socket,
    text: () => text,
    received: () => bytes,
    type: (typed) => socket.send(Buffer.from(typed)),
    until: (wanted, withinMs) => eventually(() => text.includes(wanted), withinMs),
    close: () => socket.close(),
  };
}
