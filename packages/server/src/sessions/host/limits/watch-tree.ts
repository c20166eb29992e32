import { readFileSync } from "node:fs";
import type { Used } from "../job-file.ts";
import type { ProcessStat } from "../process-identity.ts";
import { createKnownTree } from "./known-tree.ts";
import { openQuickLook, type QuickLook } from "./quick-look.ts";

/** Milliseconds between two looks: at what comes near its limit, and at what moves. */
const SOON_MS = 500;
const USUAL_MS = 1000;
/** Looks without a change after which a session lies idle, and only `tick` looks at it. */
const STILL = 5;
/** Milliseconds between two looks for processes that slipped away: where one may have, and else. */
const THOROUGH_MS = 10_000;
const IN_ANY_CASE_MS = 600_000;
const PAGE = 4096;

export interface Watched {
  /** As the last look found it. */
  used(): Used;
  /** To be called every few seconds, by a timer that there is anyway: to wake up costs more than to look. */
  tick(): void;
  stop(): void;
}

/**
 * Watches what a session's processes take, where the kernel does not: closely what moves, and next to nothing while
 * they lie idle. What grows faster than it looks gets further than it may.
 * @param onOver told once
 */
export function watchTree(
  root: Pick<ProcessStat, "pid" | "startTime">,
  marker: string,
  allowed: Used,
  onOver: (what: keyof Used, used: number) => void,
): Watched {
  const tree = createKnownTree(root, marker);
  let used: Used = { memoryBytes: 0, processes: 1 };
  let lookedAt = Number.NEGATIVE_INFINITY;
  let still = 0;
  let quick: QuickLook | null = null;
  let timer: NodeJS.Timeout | undefined = setTimeout(look, USUAL_MS);
  let over = false;

  function look(): void {
    timer = undefined;
    quick?.close();
    quick = null;
    const before = used;
    const found = tree.look(isThoroughDue());
    const resident = sum(found.map((stat) => stat.residentPages)) * PAGE;
    used = { memoryBytes: resident, processes: sum(found.map(({ threads }) => threads)) };
    // What is shared counts once for each that shares it, until it matters.
    if (resident > allowed.memoryBytes) {
      used = { ...used, memoryBytes: sum(found.map(proportionalBytes)) };
    }
    const exceeded = (["memoryBytes", "processes"] as const).find((what) => used[what] > allowed[what]);
    if (exceeded !== undefined) {
      over = true;
      onOver(exceeded, used[exceeded]);
      return;
    }
    const share = Math.max(used.memoryBytes / allowed.memoryBytes, used.processes / allowed.processes);
    const isStill = used.processes === before.processes && used.memoryBytes < before.memoryBytes * 1.05;
    still = isStill ? still + 1 : 0;
    if (still < STILL) timer = setTimeout(look, share > 0.75 ? SOON_MS : USUAL_MS);
    else quick = openQuickLook(found);
  }

  function isThoroughDue(): boolean {
    const since = performance.now() - lookedAt;
    if (since < (tree.mayHaveLost ? THOROUGH_MS : IN_ANY_CASE_MS)) return false;
    lookedAt = performance.now();
    return true;
  }

  return {
    used: () => used,
    tick() {
      if (timer !== undefined || over) return;
      const isDue = performance.now() - lookedAt > IN_ANY_CASE_MS;
      const pages = isDue ? null : (quick?.residentPages() ?? null);
      if (pages === null || pages * PAGE > used.memoryBytes * 1.05) look();
    },
    stop() {
      over = true;
      clearTimeout(timer);
      quick?.close();
      quick = null;
    },
  };
}

function sum(figures: readonly number[]): number {
  return figures.reduce((all, one) => all + one, 0);
}

/** Shared pages divided among those that share them. */
function proportionalBytes({ pid, residentPages }: ProcessStat): number {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(read(pid, "smaps_rollup"))?.[1];
  return kibibytes === undefined ? residentPages * PAGE : Number(kibibytes) * 1024;
}

/** Empty: it is gone, or not ours to look at. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
