import { mkdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { readProcess } from "../../database/process-identity.ts";
import { findHierarchies, findOwnGroup, type Hierarchies } from "./hierarchies.ts";
import { tryWrite } from "./job-group.ts";

/**
 * Where work goes that can wait: a control group of the scheduler's idle class (`cpu.idle`, Linux 5.15). Whatever else
 * wants the processor gets it from such a process at once. A nice value does not say that: where the kernel groups
 * processes by session (`sched_autogroup_enabled`) it is heard within the session alone, and what runs keeps its slice.
 */
export interface IdleGroup {
  /**
   * A command as one that enters the group before it begins. To move a process takes the kernel some 10 ms, which are
   * the new process's own that way. Where it can't be moved it runs as it is.
   */
  enter(command: readonly [string, ...string[]]): readonly [string, ...string[]];
  /**
   * Looks now and then whether it gets to run, and moves it back for good where it doesn't: on a machine that is never
   * idle it would not come to its end, and would keep what it has locked from everybody.
   * @param pid of a process alone: what it starts stays in the group
   * @returns ends that; to be called once it has ended
   */
  watch(pid: number): () => void;
}

/** All installations of a machine share it: it holds nothing but a place behind everybody else's. */
const NAME = "stoa-idle";
/** Milliseconds between two looks. */
const LOOK_MS = 500;

/** Makes the group where there is none yet; null: this machine has no such thing, or not for us. */
export function openIdleGroup(find: () => Hierarchies = findHierarchies): IdleGroup | null {
  try {
    const { v1, v2 } = find();
    const parent = v1.cpu ?? (v2?.controllers.has("cpu") ? v2.parent : undefined);
    const own = findOwnGroup(v1.cpu === undefined ? "v2" : "cpu");
    if (parent === undefined || own === null || readSchedule(process.pid) === null) return null;
    if (v1.cpu === undefined) tryWrite(path.join(parent, "cgroup.subtree_control"), "+cpu");
    const group = path.join(parent, NAME);
    mkdirSync(group, { recursive: true });
    return tryWrite(path.join(group, "cpu.idle"), "1") ? { enter: entering(group), watch: watching(own) } : null;
  } catch {
    return null;
  }
}

function entering(group: string): IdleGroup["enter"] {
  const script = '{ echo 0 > "$1"; } 2>/dev/null; shift; exec "$@"';
  return (command) => ["/bin/sh", "-c", script, "sh", path.join(group, "cgroup.procs"), ...command];
}

function watching(back: string): IdleGroup["watch"] {
  return (pid) => {
    let before = readSchedule(pid);
    const timer = setInterval(() => {
      const now = readSchedule(pid);
      if (before !== null && now !== null && isStarved(before, now)) {
        clearInterval(timer);
        // Kernels give numbers in turn: this one is nobody else's within milliseconds.
        void writeFile(path.join(back, "cgroup.procs"), String(pid)).catch(() => undefined);
      }
      before = now;
    }, LOOK_MS);
    timer.unref();
    return () => clearInterval(timer);
  };
}

interface Schedule {
  /** Milliseconds. */
  readonly ran: number;
  /** Milliseconds that it could have run; of one waiting now, without this wait. */
  readonly waited: number;
  readonly isWaiting: boolean;
}

/** It waited for more than half of that time; not for a disk: for the processor. */
function isStarved(before: Schedule, now: Schedule): boolean {
  return now.waited - before.waited > LOOK_MS / 2 || (now.isWaiting && now.ran === before.ran);
}

/** Documentation/scheduler/sched-stats, "/proc/<pid>/schedstat"; null: there is no such process, or no such file. */
function readSchedule(pid: number): Schedule | null {
  try {
    const [ran = Number.NaN, waited = Number.NaN] = readFileSync(`/proc/${pid}/schedstat`, "latin1")
      .split(" ")
      .map((nanoseconds) => Number(nanoseconds) / 1e6);
    if (Number.isNaN(ran + waited)) return null;
    return { ran, waited, isWaiting: readProcess(pid)?.state === "R" };
  } catch {
    return null;
  }
}
