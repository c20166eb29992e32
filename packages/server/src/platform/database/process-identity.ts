import { readFileSync } from "node:fs";

/** A process named beyond doubt: numbers are used again, the start time (clock ticks since boot) tells them apart. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** `state` is the letter of /proc/<pid>/stat: `Z` is a zombie, dead but not yet collected. */
export interface ProcessState extends ProcessIdentity {
  readonly state: string;
}

/** What /proc says about a process, or null when there is none. */
export function readProcess(pid: number): ProcessState | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? null : { pid, state, startTime };
}

/** True while that very process runs; a zombie doesn't. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = readProcess(identity.pid);
  return now !== null && now.startTime === identity.startTime && now.state !== "Z" && now.state !== "X";
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  const own = readProcess(process.pid);
  return { pid: process.pid, startTime: own?.startTime ?? "0" };
}
