import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { readProcess } from "../../database/process-identity.ts";
import { TOOLS } from "../tools.ts";
import { inGroups } from "./enter.ts";
import { findHierarchies, findOwnGroup, type Hierarchies, mayPassOn, words } from "./hierarchies.ts";
import { tryWrite } from "./job-group.ts";

/**
 * Where work goes that can wait: a control group of the scheduler's idle class (`cpu.idle`, Linux 5.15). Whatever else
 * wants the processor gets it from such a process at once; for a user's service: whatever else of that service. A nice
 * value does not say that: where the kernel groups processes by session (`sched_autogroup_enabled`) it is heard within
 * the session alone, and with newer kernels what runs keeps its slice.
 */
export interface IdleGroup {
  /**
   * A command as one that enters the group before it begins, and ends with us: nobody else would `watch` it. To move a
   * process takes the kernel some 10 ms, which are the new process's own that way. Where it can't be moved it runs as it
   * is.
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
const TRIED_WITHIN_MS = 5_000;
/** Before a command that is to end with us. */
const MORTAL = [TOOLS.setpriv, "--pdeathsig", "KILL", "--"] as const;

/** Makes the group where there is none yet; null: this machine has no such thing, or not for us. */
export function openIdleGroup(find: () => Hierarchies = findHierarchies): IdleGroup | null {
  try {
    const { v1, v2 } = find();
    const parent = v1.cpu ?? (v2?.controllers.has("cpu") && mayPassOn(v2.parent) ? v2.parent : undefined);
    const own = findOwnGroup(v1.cpu === undefined ? "v2" : "cpu");
    if (parent === undefined || own === null || readSchedule(process.pid) === null) return null;
    const group = prepareGroup(parent);
    if (group === null) return null;
    // In, back, and all that is put before a command.
    const [program, ...args] = [...MORTAL, ...inGroups([group, own], ["/bin/true"])] as const;
    execFileSync(program, args, { stdio: "ignore", timeout: TRIED_WITHIN_MS, killSignal: "SIGKILL" });
    return { enter: entering(parent), watch: watching(group, own) };
  } catch {
    return null;
  }
}

/**
 * Before each command: others may take a group away that is empty, and systemd the controller from all groups while none
 * of its own has a use for it. It comes back with the usual weight, and `cpu.idle` forgotten.
 */
function prepareGroup(parent: string): string | null {
  const group = path.join(parent, NAME);
  const switchFile = path.join(group, "cpu.idle");
  mkdirSync(group, { recursive: true });
  if (!existsSync(switchFile)) tryWrite(path.join(parent, "cgroup.subtree_control"), "+cpu");
  return tryWrite(switchFile, "1") ? group : null;
}

function entering(parent: string): IdleGroup["enter"] {
  const script = '{ echo 0 > "$1"; } 2>/dev/null; shift; exec "$@"';
  return (command) => {
    try {
      const group = prepareGroup(parent);
      if (group === null) return command;
      return [...MORTAL, "/bin/sh", "-c", script, "sh", path.join(group, "cgroup.procs"), ...command];
    } catch {
      return command;
    }
  };
}

function watching(group: string, back: string): IdleGroup["watch"] {
  const isInside = (pid: number): boolean => words(path.join(group, "cgroup.procs")).includes(String(pid));
  return (pid) => {
    let before = readSchedule(pid);
    const look = (): void => {
      const now = readSchedule(pid);
      // One that starves before it has entered is looked at again: it is to come.
      if (before !== null && now !== null && isStarved(before, now) && isInside(pid)) {
        // What fails is tried at the next look.
        void writeFile(path.join(back, "cgroup.procs"), String(pid)).catch(() => undefined);
      }
      before = now;
    };
    const timer = setInterval(look, LOOK_MS).unref();
    return () => clearInterval(timer);
  };
}

interface Schedule {
  /** All in milliseconds. When this was read: */
  readonly at: number;
  readonly ran: number;
  /** While it could have run; of one waiting now, without this wait. */
  readonly waited: number;
  readonly isWaiting: boolean;
}

/** It waited for more than half of that time; not for a disk: for the processor. */
function isStarved(before: Schedule, now: Schedule): boolean {
  return now.waited - before.waited > (now.at - before.at) / 2 || (now.isWaiting && now.ran === before.ran);
}

/** Documentation/scheduler/sched-stats, "/proc/<pid>/schedstat"; null: there is no such process, or no such file. */
function readSchedule(pid: number): Schedule | null {
  try {
    const [ran = Number.NaN, waited = Number.NaN] = readFileSync(`/proc/${pid}/schedstat`, "latin1")
      .split(" ")
      .map((nanoseconds) => Number(nanoseconds) / 1e6);
    if (Number.isNaN(ran + waited)) return null;
    return { at: performance.now(), ran, waited, isWaiting: readProcess(pid)?.state === "R" };
  } catch {
    return null;
  }
}
