import { globSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { SIGNS } from "./programs.ts";

/** What is there, whatever the books say. */
export interface Reality {
  /** What programs wrote down themselves, in their order. */
  readonly signs: readonly Sign[];
  /** Processes that carry a session's marker, by marker. */
  readonly programs: ReadonlyMap<string, readonly number[]>;
  /** Session hosts, by job. */
  readonly hosts: ReadonlyMap<number, readonly number[]>;
  /** Seconds that hosts let their programs run, by job; of those that were asked. */
  readonly limits: ReadonlyMap<number, number | null>;
}

export interface Sign {
  readonly what: "prepare" | "start" | "end";
  readonly jobId: number;
  readonly marker: string;
  /** Of an end. */
  readonly status: number | null;
}

/** @param askLimitOf jobs whose host is asked how long its program may run */
export async function lookAround(dataDir: string, askLimitOf: readonly number[]): Promise<Reality> {
  const limits = await Promise.all(askLimitOf.map(async (id) => [id, await limitOf(dataDir, id)] as const));
  return {
    signs: globSync(join(dataDir, "workspaces/*/*", SIGNS)).flatMap(readSigns),
    programs: findPrograms(dataDir),
    hosts: findHosts(dataDir),
    limits: new Map(limits.flatMap(([id, limit]) => (limit === undefined ? [] : [[id, limit]]))),
  };
}

function readSigns(file: string): Sign[] {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => {
    const [what, jobId, marker = "", status = ""] = line.split(" ");
    return { what: what as Sign["what"], jobId: Number(jobId), marker, status: status === "" ? null : Number(status) };
  });
}

/** Of this installation only: their folder is one of its workspaces. */
function findPrograms(dataDir: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const pid of allPids()) {
    const marker = /(?:^|\0)STOA_JOB=([^\0]+)/.exec(read(pid, "environ"))?.[1];
    if (marker === undefined || isDead(pid) || !folderOf(pid).startsWith(dataDir)) continue;
    found.set(marker, [...(found.get(marker) ?? []), pid]);
  }
  return found;
}

/** The host's sources, or their copy without types. */
const HOST_PROGRAM = /\/(host|plain-host-[0-9a-f]+)\/main\.(ts|mjs)$/;

/** Session hosts that run, by the folder in their command. */
export function findHosts(dataDir: string): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const runs = join(dataDir, "run/sessions/");
  for (const pid of allPids()) {
    const command = read(pid, "cmdline").split("\0");
    const folder = command.find((part) => part.startsWith(runs));
    if (folder === undefined || isDead(pid) || !command.some((part) => HOST_PROGRAM.test(part))) continue;
    const jobId = Number(folder.slice(runs.length));
    found.set(jobId, [...(found.get(jobId) ?? []), pid]);
  }
  return found;
}

function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** A zombie runs no more; what is left of it is a number for its parent. */
function isDead(pid: number): boolean {
  const stat = read(pid, "stat");
  return stat === "" || "ZX".includes(stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "Z");
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

/** Undefined: it does not answer. */
function limitOf(dataDir: string, jobId: number): Promise<number | null | undefined> {
  const socketPath = join(dataDir, "run/sessions", String(jobId), "host.sock");
  return new Promise((resolve) => {
    const req = request({ socketPath, path: "/status", agent: false, timeout: 3_000 }, (res) => {
      let text = "";
      res.on("data", (part: Buffer) => {
        text += part.toString();
      });
      res.on("end", () => resolve((JSON.parse(text) as { wallSeconds?: number | null }).wallSeconds));
    });
    req.on("timeout", () => req.destroy());
    req.on("error", () => resolve(undefined));
    req.end();
  });
}
