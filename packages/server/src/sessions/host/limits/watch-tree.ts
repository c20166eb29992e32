import { readFileSync } from "node:fs";
import type { Used } from "../job-file.ts";
import type { ProcessStat } from "../process-identity.ts";
import { createKnownTree } from "./known-tree.ts";

/** Milliseconds between two looks: at what grows, and at what lies still. */
const SOON_MS = 500;
const USUAL_MS = 1000;
const IDLE_MS = 5000;
/** Milliseconds between two looks for processes that slipped away from their parents. */
const THOROUGH_MS = 30_000;
const PAGE = 4096;

export interface Watched {
  /** As the last look found it. */
  used(): Used;
  stop(): void;
}

/**
 * Watches what a session's processes take, where the kernel does not: the more rarely the less happens. What grows
 * faster than it looks gets further than it may.
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
  let thoroughAt = performance.now() + THOROUGH_MS * Math.random();
  let pause = USUAL_MS;
  let timer = setTimeout(look, USUAL_MS);

  function look(): void {
    const thorough = performance.now() >= thoroughAt;
    if (thorough) thoroughAt = performance.now() + THOROUGH_MS;
    const before = used;
    const found = tree.look(thorough);
    const resident = sum(found.map(({ pid }) => residentBytes(pid)));
    used = { memoryBytes: resident, processes: sum(found.map(({ threads }) => threads)) };
    // What is shared counts once for each that shares it, until it matters.
    if (resident > allowed.memoryBytes) {
      used = { ...used, memoryBytes: sum(found.map(({ pid }) => proportionalBytes(pid))) };
    }
    const over = (["memoryBytes", "processes"] as const).find((what) => used[what] > allowed[what]);
    if (over !== undefined) {
      onOver(over, used[over]);
      return;
    }
    pause = pauseAfter(before, used);
    timer = setTimeout(look, pause);
  }

  function pauseAfter(before: Used, now: Used): number {
    const share = Math.max(now.memoryBytes / allowed.memoryBytes, now.processes / allowed.processes);
    if (share > 0.75) return SOON_MS;
    const still = now.processes === before.processes && now.memoryBytes < before.memoryBytes * 1.05;
    return still ? Math.min(IDLE_MS, pause * 1.5) : USUAL_MS;
  }

  return { used: () => used, stop: () => clearTimeout(timer) };
}

function sum(figures: readonly number[]): number {
  return figures.reduce((all, one) => all + one, 0);
}

function residentBytes(pid: number): number {
  return Number(read(pid, "statm").split(" ")[1] ?? 0) * PAGE;
}

/** Shared pages divided among those that share them. */
function proportionalBytes(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(read(pid, "smaps_rollup"))?.[1];
  return kibibytes === undefined ? residentBytes(pid) : Number(kibibytes) * 1024;
}

/** Empty: it is gone, or not ours to look at. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
