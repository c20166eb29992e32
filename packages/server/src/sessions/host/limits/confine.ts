import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Allowance, JobFile } from "../job-file.ts";
import { readStat } from "../process-identity.ts";

type Command = readonly [string, ...string[]];

/** Of open files: more break programs that close them all, and the host's own limit is as high as it can be. */
const FILES = { usual: 4096, most: 65_536 };
/** When the whole machine is out of memory, sessions' programs go before their hosts, and before the server. */
const GOES_FIRST = 500;
const PRLIMIT = "/usr/bin/prlimit";
const TASKSET = "/usr/bin/taskset";

/**
 * Enters the control groups and becomes the program: so nothing that it starts is ever outside. Fails when it can't:
 * nothing runs without its limits.
 */
const ENTER = `echo ${GOES_FIRST} > /proc/self/oom_score_adj; while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 71; shift; done; shift; exec "$@"`;

/**
 * A command, held to what the session may take from its first moment on: by its control groups, or, where there are
 * none, on as many of the machine's cores as it may use, and with a wall to the number of its person's processes.
 */
export function confined({ jobId, allowance }: Pick<JobFile, "jobId" | "allowance">, command: Command): Command {
  if (allowance === undefined) return command;
  const { cgroup } = allowance;
  const bare = cgroup?.limits == null ? [...onCores(jobId, allowance.cpus), ...command] : command;
  const wall = cgroup?.limits == null ? wallOfProcesses(allowance) : [];
  const inside = existsSync(PRLIMIT) ? [PRLIMIT, ...usualLimits(), ...wall, "--", ...bare] : bare;
  return ["/bin/sh", "-c", ENTER, "sh", ...(cgroup?.enter ?? []), "--", ...inside];
}

/** False when its control group is not there any more, or not ours to enter. */
export function canEnter({ allowance }: Pick<JobFile, "allowance">): boolean {
  try {
    for (const folder of allowance?.cgroup?.enter ?? []) accessSync(join(folder, "cgroup.procs"), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** No core files by themselves (a program may still ask for them), and not too many open files. */
function usualLimits(): string[] {
  const hard = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
  const most = Math.min(FILES.most, Number.isNaN(hard) ? FILES.most : hard);
  return ["--core=0:", `--nofile=${Math.min(FILES.usual, most)}:${most}`];
}

/**
 * The kernel counts all of a person's, on the whole machine; root's it does not count. Twice what the session may have:
 * what its neighbours begin later counts as well, and the host's look is to come first and tell the figures.
 */
function wallOfProcesses({ processes }: Allowance): string[] {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return [];
  let threads = 0;
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) && isOf(name, uid) ? readStat(Number(name)) : null;
    threads += stat?.threads ?? 0;
  }
  return [`--nproc=${threads + 2 * processes}`];
}

function isOf(pid: string, uid: number): boolean {
  try {
    return new RegExp(`^Uid:\\t${uid}\\t`, "m").test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Neighbouring sessions begin on neighbouring cores. */
function onCores(jobId: number, cpus: number): string[] {
  const cores = usableCores();
  const wanted = Math.ceil(cpus);
  if (wanted >= cores.length || !existsSync(TASKSET)) return [];
  const first = (jobId * wanted) % cores.length;
  const chosen = Array.from({ length: wanted }, (_, at) => cores[(first + at) % cores.length]);
  return [TASKSET, "--cpu-list", chosen.join(",")];
}

/** Of our own process: `0-3,8` are five. */
function usableCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  return list.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
