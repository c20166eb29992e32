import { chownSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { SessionShare } from "../contract.ts";
import { type Hierarchies, mayPassOn, type V1Controller, words } from "./hierarchies.ts";

/** The control group of one session; directories are absolute. */
export interface JobGroup {
  /** The kernel keeps it to its share by these; null: it doesn't. */
  readonly limits: "v2" | "v1" | null;
  readonly ending: "kill" | "freezer" | null;
  /** What its program enters: the person may put processes of their own there, and nothing else about it is theirs. */
  readonly enter: readonly string[];
  readonly processes: string;
  readonly memory: string | null;
  readonly count: string | null;
  /** What the session's host enters: it must outlive what happens to its program. */
  readonly host: readonly string[];
}

/** Where all groups of one installation are. */
export interface GroupBases {
  /** The hierarchy in which sessions are told apart and ended: `<base>/<name>/{host,program}`. */
  readonly tree: { readonly kind: "v2" | "freezer"; readonly base: string };
  /** Hierarchies that limit, besides: `<base>/<name>`. */
  readonly v1: Readonly<Partial<Record<Exclude<V1Controller, "freezer">, string>>>;
  readonly limits: JobGroup["limits"];
}

/**
 * What a host may take besides its program: its heap is bounded at 128 MiB. It runs as its person, whose program may
 * get it to do things where nothing encloses that.
 */
const HOST = { cpus: 1, memoryBytes: 256 * 2 ** 20, processes: 64 } as const;
const PERIOD_US = 100_000;
const LIMITING = ["memory", "pids", "cpu"] as const;

/** Makes the directories of an installation; null: groups are of no use here. @throws what the system says */
export function makeBases({ v2, v1 }: Hierarchies, name: string): GroupBases | null {
  const kind = v2 !== null ? "v2" : "freezer";
  const parent = v2?.parent ?? v1.freezer;
  if (parent === undefined) return null;
  const base = path.join(parent, name);
  mkdirSync(base, { recursive: true });
  const wanted = v2 === null ? [] : LIMITING.filter((one) => v2.controllers.has(one));
  if (v2 !== null && passOn(parent, base, wanted)) return { tree: { kind, base }, v1: {}, limits: "v2" };
  const others = Object.fromEntries(
    LIMITING.flatMap((one) => (v1[one] === undefined ? [] : [[one, path.join(v1[one], name)]])),
  );
  for (const folder of Object.values(others)) mkdirSync(folder, { recursive: true });
  const isWhole = "memory" in others && "pids" in others;
  return { tree: { kind, base }, v1: isWhole ? others : {}, limits: isWhole ? "v1" : null };
}

/** True when groups below `base` can be limited in memory and processes. */
function passOn(parent: string, base: string, controllers: readonly string[]): boolean {
  if (!mayPassOn(parent)) return false;
  for (const folder of [parent, base]) {
    for (const one of controllers) tryWrite(path.join(folder, "cgroup.subtree_control"), `+${one}`);
  }
  const passed = words(path.join(base, "cgroup.subtree_control"));
  return passed.includes("memory") && passed.includes("pids");
}

/** Makes a session's group, or sets an earlier one's figures anew. @param owner null: our own */
export function makeJobGroup(bases: GroupBases, name: string, share: SessionShare, owner: number | null): JobGroup {
  const whole = path.join(bases.tree.base, name);
  const [host, program] = [path.join(whole, "host"), path.join(whole, "program")];
  const isV2 = bases.tree.kind === "v2";
  mkdirSync(whole, { recursive: true });
  if (bases.limits === "v2") {
    for (const one of LIMITING) tryWrite(path.join(whole, "cgroup.subtree_control"), `+${one}`);
  }
  for (const folder of [host, program]) mkdirSync(folder, { recursive: true });
  if (bases.limits === "v2") {
    limitV2(whole, {
      cpus: share.cpus + HOST.cpus,
      memoryBytes: share.memoryBytes + HOST.memoryBytes,
      processes: share.processes + HOST.processes,
    });
    limitV2(program, share);
  }
  const given = ["cgroup.procs", "cgroup.kill", "cgroup.freeze", "freezer.state"].map((one) => path.join(program, one));
  // To move a process one must be let do so in both groups and in what is above both.
  if (isV2) given.push(path.join(whole, "cgroup.procs"));
  const hostToo: string[] = [];
  const limiting = Object.entries(bases.v1).map(([controller, base]) => {
    const folder = path.join(base, name);
    for (const [one, most] of [
      [folder, share],
      [hostFolder(base, name), HOST],
    ] as const) {
      mkdirSync(one, { recursive: true });
      limitV1(one, controller, most);
    }
    hostToo.push(hostFolder(base, name));
    given.push(path.join(folder, "cgroup.procs"));
    return folder;
  });
  if (owner !== null) for (const file of given.filter((one) => existsSync(one))) chownSync(file, owner, -1);
  const at = (controller: "memory" | "pids"): string | null =>
    bases.limits === "v2" ? program : bases.v1[controller] === undefined ? null : path.join(bases.v1[controller], name);
  return {
    limits: bases.limits,
    ending: existsSync(path.join(program, "cgroup.kill"))
      ? "kill"
      : existsSync(path.join(program, isV2 ? "cgroup.freeze" : "freezer.state"))
        ? "freezer"
        : null,
    enter: [...limiting, program],
    processes: program,
    memory: at("memory"),
    count: at("pids"),
    host: [host, ...hostToo],
  };
}

function limitV2(folder: string, { cpus, memoryBytes, processes }: SessionShare): void {
  writeFileSync(path.join(folder, "memory.max"), String(memoryBytes));
  tryWrite(path.join(folder, "memory.swap.max"), "0");
  writeFileSync(path.join(folder, "pids.max"), String(processes));
  tryWrite(path.join(folder, "cpu.max"), `${quota(cpus)} ${PERIOD_US}`);
}

function limitV1(folder: string, controller: string, { cpus, memoryBytes, processes }: SessionShare): void {
  if (controller === "memory") {
    const both = path.join(folder, "memory.memsw.limit_in_bytes");
    // The limit of both may never be the lower one: which of the two goes first depends on what was set before.
    tryWrite(both, "-1");
    writeFileSync(path.join(folder, "memory.limit_in_bytes"), String(memoryBytes));
    tryWrite(both, String(memoryBytes));
  } else if (controller === "pids") {
    writeFileSync(path.join(folder, "pids.max"), String(processes));
  } else {
    tryWrite(path.join(folder, "cpu.cfs_period_us"), String(PERIOD_US));
    tryWrite(path.join(folder, "cpu.cfs_quota_us"), String(quota(cpus)));
  }
}

/** Microseconds in each period; the kernel takes no less than a thousand. */
function quota(cpus: number): number {
  return Math.max(1000, Math.round(cpus * PERIOD_US));
}

/** True while nothing is in a session's host leaf: its host is gone. */
export function hasNoHost(bases: GroupBases, name: string): boolean {
  return processesIn(path.join(bases.tree.base, name, "host")).length === 0;
}

/** All directories of a session's group, the innermost first. */
export function foldersOf(bases: GroupBases, name: string): string[] {
  const [program = "", ...others] = programFoldersOf(bases, name);
  const hosts = Object.values(bases.v1).map((base) => hostFolder(base, name));
  return [program, path.join(bases.tree.base, name, "host"), ...others, ...hosts];
}

/** Beside its program's: below it, the program's would count for both. */
function hostFolder(base: string, name: string): string {
  return path.join(base, `${name}.host`);
}

/** All but its host's. */
export function programFoldersOf(bases: GroupBases, name: string): string[] {
  const whole = path.join(bases.tree.base, name);
  return [path.join(whole, "program"), whole, ...Object.values(bases.v1).map((base) => path.join(base, name))];
}

/** Ids of the processes in one group, those below it left out. None: it is not there. */
export function processesIn(folder: string): number[] {
  // Zero: one of another process namespace, that we can't name.
  return words(path.join(folder, "cgroup.procs"))
    .map(Number)
    .filter((pid) => pid > 0);
}

/** Takes a session's directories away. @returns false: something is in them still */
export function removeFolders(folders: readonly string[]): boolean {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") return false;
    }
  }
  return true;
}

/** False when the system did not take it: no such file in this kernel, or something stands against it. */
export function tryWrite(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}

export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
