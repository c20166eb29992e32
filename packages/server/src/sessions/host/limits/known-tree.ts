import { readdirSync } from "node:fs";
import { holdsEntry, startOf } from "../process-files.ts";
import { isRunning, type ProcessStat, readStat } from "../process-identity.ts";

/** A session's processes, found again and again at little cost. */
export interface KnownTree {
  /** Those known and what they have started. @param thorough what slipped away from its parents is looked for as well */
  look(thorough: boolean): ProcessStat[];
  /** True when something may have slipped away since the last thorough look: one has ended, or a child of one. */
  readonly mayHaveLost: boolean;
}

/** Looks after which the numbers of other people's processes are looked at once more: numbers come round. */
const FORGET_AFTER = 20;

/**
 * To read all of /proc costs a millisecond and more, and 200 hosts may do it on one machine. So only the children of
 * those that are known are read; a thorough look reads, of all other processes, those that are new since the last.
 */
export function createKnownTree(root: Pick<ProcessStat, "pid" | "startTime">, marker: string): KnownTree {
  let known = new Map<number, Pick<ProcessStat, "startTime" | "reaped">>([[root.pid, { ...root, reaped: 0 }]]);
  let mayHaveLost = true;
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
      if (!others.has(pid) && isOurs(pid, root, marker)) mine.push(pid);
      else present.add(pid);
    }
    others = present;
    return mine;
  }

  return {
    get mayHaveLost() {
      return mayHaveLost;
    },
    look(thorough) {
      if (thorough) mayHaveLost = false;
      const found = new Map<number, ProcessStat>();
      const queue = [...known.keys(), ...(thorough ? slippedAway() : [])];
      for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
        if (found.has(pid)) continue;
        const stat = readStat(pid);
        if (stat === null || !isRunning(stat) || (known.get(pid) ?? stat).startTime !== stat.startTime) continue;
        found.set(pid, stat);
        queue.push(...childrenOf(pid, stat.threads));
      }
      for (const [pid, { reaped }] of known) if ((found.get(pid)?.reaped ?? -1) !== reaped) mayHaveLost = true;
      known = found;
      return [...found.values()];
    },
  };
}

function childrenOf(pid: number, threads: number): number[] {
  try {
    const tasks = threads === 1 ? [String(pid)] : readdirSync(`/proc/${pid}/task`);
    return tasks.flatMap((task) => {
      const listed = startOf(`/proc/${pid}/task/${task}/children`).toString("latin1");
      // Each ends with a space: what has none was cut off.
      return listed
        .slice(0, listed.lastIndexOf(" ") + 1)
        .split(" ")
        .map(Number)
        .filter(Boolean);
    });
  } catch {
    return []; // gone, or a kernel without such lists: a thorough look finds them
  }
}

function isOurs(pid: number, root: Pick<ProcessStat, "pid" | "startTime">, marker: string): boolean {
  const stat = readStat(pid);
  // What is older than the first process is nothing that it began: most of a machine's.
  if (stat === null || Number(stat.startTime) < Number(root.startTime)) return false;
  return (
    stat.session === root.pid ||
    stat.group === root.pid ||
    holdsEntry(startOf(`/proc/${pid}/environ`), `STOA_JOB=${marker}`)
  );
}
