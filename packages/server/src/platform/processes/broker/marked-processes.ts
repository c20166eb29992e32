import { readdirSync } from "node:fs";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { type ProcessIdentity, readProcess } from "../../database/process-identity.ts";
import { holdsEntry, startOf } from "./process-files.ts";

/** In the environment that each process of a session began with. */
const MARK = "STOA_JOB=";
/** Milliseconds that killed processes have to be gone: what waits for a disk takes long. */
const PATIENCE_MS = 5000;
const MOST_ROUNDS = 20;
/** Processes looked at before others of the broker's askers are served: a millisecond or two. */
const AT_ONCE = 64;

export interface MarkedEnd {
  /** Ids of all that were found. */
  readonly found: readonly number[];
  readonly left: number;
}

/** Running processes of this person that carry a session's mark. Nobody else's, whatever they carry. */
export async function markedProcesses(uid: number, marker: string): Promise<ProcessIdentity[]> {
  const marked: ProcessIdentity[] = [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const [at, pid] of pids.entries()) {
    if (at % AT_ONCE === AT_ONCE - 1) await turn();
    const found = running(Number(pid));
    if (found !== null && isOf(pid, uid) && carries(pid, marker)) marked.push(found);
  }
  return marked;
}

/** Stops and kills them; what is known is looked at again, and all once more when none of it is left. */
export async function killMarked(uid: number, marker: string): Promise<MarkedEnd> {
  const found = new Set<number>();
  for (const until = Date.now() + PATIENCE_MS; ; ) {
    let left = await stopAll(uid, marker);
    for (const one of left) {
      found.add(one.pid);
      signal(one, "SIGKILL");
    }
    if (left.length === 0) return { found: [...found], left: 0 };
    for (; left.length > 0 && Date.now() <= until; left = left.filter(runsStill)) await sleep(20);
    if (Date.now() > until) return { found: [...found], left: (await markedProcesses(uid, marker)).length };
  }
}

/** Stops them until a look finds none that is new: nothing forks away between the look and the blow. */
async function stopAll(uid: number, marker: string): Promise<ProcessIdentity[]> {
  const stopped = new Set<string>();
  for (let round = 0; ; round += 1) {
    const found = await markedProcesses(uid, marker);
    const fresh = found.filter(({ pid, startTime }) => !stopped.has(`${pid} ${startTime}`));
    if (fresh.length === 0 || round === MOST_ROUNDS) return found;
    for (const one of fresh) {
      stopped.add(`${one.pid} ${one.startTime}`);
      signal(one, "SIGSTOP");
    }
  }
}

function running(pid: number): ProcessIdentity | null {
  const found = readProcess(pid);
  return found === null || found.state === "Z" || found.state === "X" ? null : found;
}

function runsStill({ pid, startTime }: ProcessIdentity): boolean {
  return running(pid)?.startTime === startTime;
}

/** By its real user: a set-uid program that they started is theirs. */
function isOf(pid: string, uid: number): boolean {
  return new RegExp(`^Uid:\\t${uid}\\t`, "m").test(startOf(`/proc/${pid}/status`).toString("latin1"));
}

function carries(pid: string, marker: string): boolean {
  return holdsEntry(startOf(`/proc/${pid}/environ`), MARK + marker);
}

/** This very process: its number may be another's by now. */
function signal({ pid, startTime }: ProcessIdentity, name: NodeJS.Signals): void {
  if (readProcess(pid)?.startTime !== startTime) return;
  try {
    process.kill(pid, name);
  } catch {
    // gone
  }
}
