import { type ChildProcess, spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "../../..");

export interface ChaosHub {
  /** Of its proxy, which browsers reach. */
  readonly url: string;
  readonly token: string;
  start(): Promise<void>;
  /** SIGKILL, to the hub alone: its proxy and its servers live on. */
  kill(): Promise<void>;
  /** Whose servers the hub knows to be there. */
  ready(): Promise<ReadonlySet<string>>;
  /** The servers' processes, by whose they are: also those that have not yet said so. */
  processes(): readonly { readonly pid: number; readonly user: string }[];
  /** Ends all of it. */
  end(): Promise<void>;
  output(): string;
}

/** A real hub that can be killed and started again where it was. */
export function createChaosHub(folder: string, base: string, ports: readonly number[], token: string): ChaosHub {
  let child: ChildProcess | null = null;
  let output = "";
  const url = `http://127.0.0.1:${ports[0]}`;
  const bin = join(folder, "bin");
  return {
    ...{ url, token },
    output: () => output,
    async start() {
      child = spawn(join(bin, "jupyterhub"), ["-f", join(import.meta.dirname, "hub_config.py")], {
        cwd: base,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: `${bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
          HOME: base,
          LANG: "C.UTF-8",
          PYTHONDONTWRITEBYTECODE: "1",
          CHAOS_BASE: base,
          CHAOS_SERVER: join(import.meta.dirname, "tiny_server.py"),
          HUB_PORTS: ports.join(","),
          HUB_PROXY: `${process.execPath}\n${join(ROOT, "node_modules/configurable-http-proxy/bin/configurable-http-proxy")}`,
          HUB_TOKEN: token,
        },
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (chunk: Buffer) => {
          output = (output + chunk.toString()).slice(-500_000);
        });
      }
      for (const until = Date.now() + 90_000; ; await sleep(100)) {
        const answer = await fetch(`${url}/hub/api/`).catch(() => null);
        if (answer?.status === 200) return;
        if (child.exitCode !== null || Date.now() > until) throw new Error(`the hub did not start:\n${output}`);
      }
    },
    async kill() {
      if (child === null || child.exitCode !== null) return;
      const gone = new Promise<void>((resolve) => child?.once("exit", () => resolve()));
      child.kill("SIGKILL");
      await gone;
      // What it was just starting is a copy of itself for a moment, which nobody knows for a person's server yet.
      for (let copies = copiesOf(base); copies.length > 0; copies = copiesOf(base)) {
        for (const pid of copies) end(pid);
        await sleep(10);
      }
    },
    async ready() {
      const headers = { authorization: `token ${token}` };
      const answer = await fetch(`${url}/hub/api/users?state=ready&limit=200`, { headers });
      return new Set(((await answer.json()) as { name: string }[]).map(({ name }) => name));
    },
    processes() {
      return pidsOf(base).flatMap((pid) => {
        const user = /\0JUPYTERHUB_USER=([^\0]+)/.exec(surroundingsOf(pid))?.[1];
        return user === undefined ? [] : [{ pid, user }];
      });
    },
    async end() {
      await this.kill();
      for (const pid of pidsOf(base)) end(pid);
    },
  };
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** Processes that run the hub's program. */
function copiesOf(base: string): number[] {
  return pidsOf(base).filter((pid) => textOf(`/proc/${pid}/cmdline`).includes("hub_config.py\0"));
}

/** All processes whose surroundings name this run's folder: the hub's proxy and its servers. */
function pidsOf(base: string): number[] {
  return globSync("/proc/[0-9]*/environ")
    .map((file) => Number(file.split("/")[2]))
    .filter((pid) => pid !== process.pid && surroundingsOf(pid).includes(`CHAOS_BASE=${base}\0`));
}

function surroundingsOf(pid: number): string {
  return textOf(`/proc/${pid}/environ`);
}

/** None of a process that has ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
