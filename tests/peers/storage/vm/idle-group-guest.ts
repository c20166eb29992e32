/**
 * Runs within a machine, in a group that whoever starts it has chosen: opens the idle group, has a process that counts
 * enter it beside others that count elsewhere, and tells in a line of JSON what came of it.
 *
 * Arguments: where the others count (a group's directory).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { openControlGroups } from "../../../../packages/server/src/platform/processes/control-groups/control-groups.ts";
import { canEnter } from "../../../../packages/server/src/platform/processes/control-groups/enter.ts";
import { openIdleGroup } from "../../../../packages/server/src/platform/processes/control-groups/idle-group.ts";

/** What it tells: groups as `/proc/<pid>/cgroup` names them. */
export interface Told {
  readonly isOpen: boolean;
  /** Whether a session's group can be made and entered beside it. */
  readonly hasSessions: boolean;
  readonly entered?: string;
  /** Processor time beside that of one of the others. */
  readonly share?: number;
  readonly movedTo?: string;
}

const COUNTING = ["/bin/sh", "-c", "while :; do :; done"] as const;
const MEASURED_MS = 4_000;
const MOVED_WITHIN_MS = 20_000;

const started: ChildProcess[] = [];

function run([program, ...args]: readonly [string, ...string[]]): number {
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  started.push(child);
  return child.pid as number;
}

const groupOf = (pid: number): string => readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().replace(/^0::/, "");
const ran = (pid: number): number => Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);

async function canHoldSessions(): Promise<boolean> {
  const groups = openControlGroups("guest", { info: () => undefined, warn: () => undefined });
  if (groups === null) return false;
  const group = groups.make("own-1", { cpus: 1, memoryBytes: 2 ** 26, processes: 16 }, null);
  const can = group !== null && canEnter([...group.host, ...group.enter]);
  await groups.removeAll();
  groups.close();
  return can;
}

async function look(besides: string): Promise<Told> {
  const idle = openIdleGroup();
  const hasSessions = await canHoldSessions();
  if (idle === null) return { isOpen: false, hasSessions };
  const enter = ["/bin/sh", "-c", 'echo 0 > "$0/cgroup.procs"; exec "$@"', besides] as const;
  const pid = run(idle.enter(COUNTING));
  await sleep(1_000);
  const entered = groupOf(pid);
  const others = Array.from({ length: availableParallelism() }, () => run([...enter, ...COUNTING]));
  await sleep(1_000);
  const [mine, theirs] = [ran(pid), others.map(ran)];
  await sleep(MEASURED_MS);
  const of = others.reduce((sum, each, index) => sum + ran(each) - (theirs[index] ?? 0), 0) / others.length;
  const share = (ran(pid) - mine) / of;
  const unwatch = idle.watch(pid);
  for (const until = Date.now() + MOVED_WITHIN_MS; groupOf(pid) === entered && Date.now() < until; ) await sleep(100);
  unwatch();
  return { isOpen: true, hasSessions, entered, share, movedTo: groupOf(pid) };
}

try {
  console.log(JSON.stringify(await look(process.argv[2] ?? "/sys/fs/cgroup")));
} finally {
  for (const child of started) child.kill("SIGKILL");
}
