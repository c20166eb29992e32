import { readdirSync } from "node:fs";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { ControlGroup } from "./job-file.ts";
import { processesIn, strike } from "./limits/group.ts";
import { holdsEntry, startOf } from "./process-files.ts";
import { isRunning, type ProcessIdentity, type ProcessStat, readStat, signal } from "./process-identity.ts";

/** What tells the processes of one session from all others. */
export interface TreeMarks {
  /** Value of STOA_JOB in the environment that every process of the session began with. */
  readonly marker: string;
  /** The session's first process; null when it never ran or isn't known. */
  readonly root: Pick<ProcessIdentity, "pid" | "startTime"> | null;
  /** Never touched: the session host itself. */
  readonly spare: readonly number[];
  /** Its program's control group: who is in there is known without a search. */
  readonly group?: ControlGroup | null;
  /** It runs in an enclosure, whose own processes are not asked to end: they would, at once, with all in it. */
  readonly enclosed?: boolean;
}

/** What bubblewrap's own processes are called. */
const ENCLOSURE = "bwrap";

/**
 * Every running process of a session: those that carry its marker, those in the session or group of its first
 * process, and all their descendants. So a program that forked away or called setsid is found as well.
 */
export function findTree(marks: TreeMarks): ProcessStat[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== null);
  const leader = rootSession(all, marks.root);
  const mine = new Map<number, ProcessStat>();
  for (const stat of all) {
    const kin = leader !== null && (stat.session === leader || stat.group === leader);
    if (kin || carriesMarker(stat.pid, marks.marker)) mine.set(stat.pid, stat);
  }
  addDescendants(all, mine, marks.spare);
  for (const pid of marks.spare) mine.delete(pid);
  return [...mine.values()].filter(isRunning);
}

/**
 * Ends the whole tree: TERM (and HUP, as interactive shells ignore TERM), up to `graceMs` to tidy up, then KILL: of
 * its control group at one blow, where it has one, and of whatever else a search finds. Before killing, everything is
 * frozen, so that nothing forks away between the look and the blow. A process namespace ends with its first process,
 * which is one of the tree.
 * @returns how many are left (in uninterruptible sleep, or not ours to signal); 0: all gone.
 */
export async function endTree(marks: TreeMarks, graceMs: number): Promise<number> {
  const graceUntil = performance.now() + graceMs;
  const told = new Set<string>();
  for (;;) {
    const tree = members(marks);
    if (tree.length === 0) break;
    for (const stat of tree) askToEnd(stat, told, marks);
    if (performance.now() >= graceUntil) break;
    await sleep(Math.min(100, Math.max(10, graceUntil - performance.now())));
  }
  return killTree(marks);
}

/** By its control group, else by a search. */
function members(marks: TreeMarks): ProcessStat[] {
  if (!marks.group) return findTree(marks);
  const inside = processesIn(marks.group).filter((pid) => !marks.spare.includes(pid));
  return inside
    .map(readStat)
    .filter((stat) => stat !== null)
    .filter(isRunning);
}

async function killTree(marks: TreeMarks): Promise<number> {
  const until = performance.now() + 10_000;
  for (;;) {
    if (marks.group && processesIn(marks.group).length > 0) await strike(marks.group);
    const tree = await freeze(marks);
    if (tree.length === 0 && members(marks).length === 0) return 0;
    for (const stat of tree) signal(stat, "SIGKILL");
    if (performance.now() >= until) return Math.max(tree.length, members(marks).length);
    await sleep(20);
  }
}

/** Stops processes until a look finds none that is new. Others of this process are served between the looks. */
async function freeze(marks: TreeMarks): Promise<ProcessStat[]> {
  const frozen = new Set<string>();
  for (let round = 0; ; round++, await turn()) {
    const tree = findTree(marks);
    const fresh = tree.filter((stat) => !frozen.has(key(stat)));
    if (fresh.length === 0 || round === 20) return tree;
    for (const stat of fresh) {
      frozen.add(key(stat));
      signal(stat, "SIGSTOP");
    }
  }
}

function askToEnd(stat: ProcessStat, told: Set<string>, { enclosed }: TreeMarks): void {
  if (told.has(key(stat)) || (enclosed === true && stat.name === ENCLOSURE)) return;
  told.add(key(stat));
  for (const name of ["SIGTERM", "SIGHUP", "SIGCONT"] as const) signal(stat, name);
}

/**
 * The session and group number of the first process, as long as they can only be its own: once it is gone and
 * another process has its pid, the number says nothing any more.
 */
function rootSession(all: readonly ProcessStat[], root: TreeMarks["root"]): number | null {
  if (root === null) return null;
  const holder = all.find((stat) => stat.pid === root.pid);
  return holder === undefined || holder.startTime === root.startTime ? root.pid : null;
}

function addDescendants(all: readonly ProcessStat[], mine: Map<number, ProcessStat>, spare: readonly number[]): void {
  const children = new Map<number, ProcessStat[]>();
  for (const stat of all) {
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [stat]);
    else siblings.push(stat);
  }
  const queue = [...mine.keys()].filter((pid) => !spare.includes(pid));
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (mine.has(child.pid)) continue;
      mine.set(child.pid, child);
      queue.push(child.pid);
    }
  }
}

function carriesMarker(pid: number, marker: string): boolean {
  return holdsEntry(startOf(`/proc/${pid}/environ`), `STOA_JOB=${marker}`);
}

function key(stat: ProcessStat): string {
  return `${stat.pid} ${stat.startTime}`;
}
