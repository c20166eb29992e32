import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessIdentity, readProcess } from "../../database/process-identity.ts";

/** In the environment that each process of a session began with. */
const MARK = "STOA_JOB=";
/** Milliseconds that killed processes have to be gone: what waits for a disk takes long. */
const PATIENCE_MS = 5000;
const MOST_ROUNDS = 20;

/** Running processes of this person that carry a session's mark. Nobody else's, whatever they carry. */
export function markedProcesses(uid: number, marker: string): ProcessIdentity[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const found = readProcess(Number(pid));
    if (found === null || found.state === "Z" || found.state === "X") return [];
    return isOf(pid, uid) && carries(pid, marker) ? [found] : [];
  });
}

/** @returns how many are left */
export async function killMarked(uid: number, marker: string): Promise<number> {
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(20)) {
    const left = stopAll(uid, marker);
    if (left.length === 0 || Date.now() > until) return left.length;
    for (const one of left) signal(one, "SIGKILL");
  }
}

/** Stops them until a look finds none that is new: nothing forks away between the look and the blow. */
function stopAll(uid: number, marker: string): ProcessIdentity[] {
  const stopped = new Set<string>();
  for (let round = 0; ; round += 1) {
    const found = markedProcesses(uid, marker);
    const fresh = found.filter(({ pid, startTime }) => !stopped.has(`${pid} ${startTime}`));
    if (fresh.length === 0 || round === MOST_ROUNDS) return found;
    for (const one of fresh) {
      stopped.add(`${one.pid} ${one.startTime}`);
      signal(one, "SIGSTOP");
    }
  }
}

/** By its real user: a set-uid program that they started is theirs. */
function isOf(pid: string, uid: number): boolean {
  return new RegExp(`^Uid:\\t${uid}\\t`, "m").test(read(pid, "status"));
}

function carries(pid: string, marker: string): boolean {
  return read(pid, "environ")
    .split("\0")
    .includes(MARK + marker);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // gone
  }
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
