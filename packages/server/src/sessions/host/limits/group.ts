import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlGroup, Used } from "../job-file.ts";

/** What a control group counts of what stood against its limits. */
export interface Hits {
  /** Processes that the kernel killed for want of memory. */
  readonly killed: number;
  /** Processes that were not let begin. */
  readonly refused: number;
}

/** Ids of the processes of a session's program, those too that went as far out of their group as they can. */
export function processesIn({ processes }: ControlGroup): number[] {
  const pids = [processes, dirname(processes)].flatMap((folder) => text(folder, "cgroup.procs").split("\n"));
  return pids.map(Number).filter((pid) => pid > 0);
}

/** Null: it counts nothing. */
export function usedIn({ memory, count }: ControlGroup): Used | null {
  const all = figure(memory, "memory.current", "memory.usage_in_bytes");
  const processes = figure(count, "pids.current");
  if (memory === null || all === null || processes === null) return null;
  // What it holds of files' contents gives way when it needs the memory itself.
  const files = /^(?:total_)?(?:in)?active_file (\d+)$/gm;
  const stat = text(memory, "memory.stat");
  const kept = [...stat.matchAll(files)].map(([line, bytes]) => ({ isTotal: line.startsWith("total_"), bytes }));
  // v1 tells them twice: its own, and with those of groups below.
  const counted = kept.some(({ isTotal }) => isTotal) ? kept.filter(({ isTotal }) => isTotal) : kept;
  return {
    memoryBytes: Math.max(
      0,
      counted.reduce((rest, { bytes }) => rest - Number(bytes), all),
    ),
    processes,
  };
}

/** The most that it took at any time; null: the kernel does not say. */
export function peakIn({ memory, count }: ControlGroup): { readonly [K in keyof Used]: number | null } {
  return {
    memoryBytes: figure(memory, "memory.peak", "memory.max_usage_in_bytes"),
    processes: figure(count, "pids.peak"),
  };
}

export function hitsIn({ memory, count }: ControlGroup): Hits {
  return {
    killed: counter(memory, "oom_kill", "memory.events", "memory.oom_control"),
    refused: counter(count, "max", "pids.events"),
  };
}

/**
 * Kills all of a session's program at one blow; nothing of it can fork away meanwhile. The host is not in there.
 * Nothing happens where a group can't be ended so.
 */
export async function strike(group: ControlGroup): Promise<void> {
  if (group.ending === null) return;
  if (group.ending === "kill" && write(group, "cgroup.kill", "1")) return killEach(group);
  const isV1 = write(group, "freezer.state", "FROZEN");
  if (!isV1) write(group, "cgroup.freeze", "1");
  for (let tries = 50; tries > 0 && !isFrozen(group); tries -= 1) await sleep(5);
  killEach(group);
  // A frozen process of v1 does not even die.
  if (isV1) write(group, "freezer.state", "THAWED");
  else write(group, "cgroup.freeze", "0");
}

function killEach(group: ControlGroup): void {
  for (const pid of processesIn(group)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone
    }
  }
}

function isFrozen({ processes }: ControlGroup): boolean {
  return text(processes, "freezer.state").trim() === "FROZEN" || /^frozen 1$/m.test(text(processes, "cgroup.events"));
}

function counter(folder: string | null, name: string, ...files: string[]): number {
  if (folder === null) return 0;
  for (const file of files) {
    const found = new RegExp(`^${name} (\\d+)$`, "m").exec(text(folder, file))?.[1];
    if (found !== undefined) return Number(found);
  }
  return 0;
}

function figure(folder: string | null, ...files: string[]): number | null {
  if (folder === null) return null;
  for (const file of files) {
    const found = text(folder, file).trim();
    if (/^\d+$/.test(found)) return Number(found);
  }
  return null;
}

/** Empty: there is no such file. */
function text(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return "";
  }
}

function write({ processes }: ControlGroup, file: string, value: string): boolean {
  try {
    writeFileSync(join(processes, file), value, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}
