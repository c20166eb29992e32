import { readdirSync, readFileSync } from "node:fs";
import { isRunning, type ProcessStat, readStat } from "../process-identity.ts";

/** A session's processes, found again and again at little cost. */
export interface KnownTree {
  /** Those known and what they have started. @param thorough what slipped away from its parents is looked for as well */
  look(thorough: boolean): ProcessStat[];
}

/** Looks after which the numbers of other people's processes are looked at once more: numbers come round. */
const FORGET_AFTER = 20;

/**
 * To read all of /proc costs a millisecond and more, and 200 hosts may do it on one machine. So only the children of
 * those that are known are read; a thorough look reads, of all other processes, those that are new since the last.
 */
export function createKnownTree(root: Pick<ProcessStat, "pid" | "startTime">, marker: string): KnownTree {
  let known = new Map<number, string>([[root.pid, root.startTime]]);
  let others = new Set<number>();
  let looks = 0;

  function slippedAway(): number[] {
    looks += 1;
    if (looks % FORGET_AFTER === 0) others = new Set();
    const present = new Set<number>();
    const mine: number[] = [];
    for (const name of readdirSync("/proc")) {
      const pid = Number(name);
      if (!(pid > 0) || known.has(pid) || pid === process.pid) continue;
      if (others.has(pid)) present.add(pid);
      else if (isMarked(pid, marker) || isOfSession(pid, root.pid)) mine.push(pid);
      else present.add(pid);
    }
    others = present;
    return mine;
  }

  return {
    look(thorough) {
      const found = new Map<number, ProcessStat>();
      const queue = [...known.keys(), ...(thorough ? slippedAway() : [])];
      for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
        if (found.has(pid)) continue;
        const stat = readStat(pid);
        if (stat === null || !isRunning(stat) || (known.get(pid) ?? stat.startTime) !== stat.startTime) continue;
        found.set(pid, stat);
        queue.push(...childrenOf(pid, stat.threads));
      }
      known = new Map([...found.values()].map((stat) => [stat.pid, stat.startTime]));
      return [...found.values()];
    },
  };
}

function childrenOf(pid: number, threads: number): number[] {
  try {
    const tasks = threads === 1 ? [String(pid)] : readdirSync(`/proc/${pid}/task`);
    return tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").split(" ").map(Number).filter(Boolean),
    );
  } catch {
    return []; // gone, or a kernel without such lists: a thorough look finds them
  }
}

function isMarked(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`STOA_JOB=${marker}`);
  } catch {
    return false;
  }
}

function isOfSession(pid: number, root: number): boolean {
  const stat = readStat(pid);
  return stat !== null && (stat.session === root || stat.group === root);
}
