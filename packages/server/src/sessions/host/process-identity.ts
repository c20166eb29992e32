import { readFileSync } from "node:fs";

/** A process that can't be taken for another one: pids come round, pid and start time together don't. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot. */
  readonly startTime: string;
  readonly bootId: string;
}

/** One line of /proc, as far as we use it. */
export interface ProcessStat {
  readonly pid: number;
  /** At most 15 bytes, and whatever its program likes. */
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly threads: number;
  /** Grows with each child that it had and that ended. */
  readonly reaped: number;
  readonly residentPages: number;
  readonly startTime: string;
}

/** Changes with every boot of the machine. */
export function currentBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** @returns null when there is no such process. */
export function readStat(pid: number): ProcessStat | null {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null; // gone, between listing and reading too
  }
}

/** proc(5), /proc/<pid>/stat. */
export function parseStat(pid: number, text: string): ProcessStat {
  // The name stands in brackets and may hold spaces and brackets itself: count from the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    name: text.slice(text.indexOf("(") + 1, text.lastIndexOf(")")),
    state: fields[0] ?? "?",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    threads: Number(fields[17]),
    reaped: Number(fields[8]),
    residentPages: Number(fields[21]),
    startTime: fields[19] ?? "",
  };
}

/** @returns null when the process is gone. */
export function identify(pid: number): ProcessIdentity | null {
  const stat = readStat(pid);
  return stat === null ? null : { pid, startTime: stat.startTime, bootId: currentBootId() };
}

/** True while this very process runs (a zombie does not). */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== currentBootId()) return false;
  const stat = readStat(identity.pid);
  return stat !== null && stat.startTime === identity.startTime && isRunning(stat);
}

/** True when the process's real user is this one. */
export function runsAs(pid: number, uid: number): boolean {
  try {
    return new RegExp(`^Uid:\\t${uid}\\t`, "m").test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** False for what is only waiting to be reaped. */
export function isRunning(stat: ProcessStat): boolean {
  return stat.state !== "Z" && stat.state !== "X";
}

/** Signals this very process; false when it is gone or not ours to signal. */
export function signal(target: Pick<ProcessIdentity, "pid" | "startTime">, name: NodeJS.Signals): boolean {
  if (readStat(target.pid)?.startTime !== target.startTime) return false;
  try {
    process.kill(target.pid, name);
    return true;
  } catch {
    return false;
  }
}
