import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts CPU in ticks of 10 ms (USER_HZ is 100 on every Linux that Node runs on). */
const MICROSECONDS_PER_TICK = 10_000;

/** CPU that a process has used so far, user and system, all threads, in µs (proc(5), /proc/pid/stat 14 and 15). */
export function cpuMicroseconds(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}

/** The same for a process and all its descendants, ended ones that were waited for included (fields 16 and 17). */
export function treeCpuMicroseconds(root: number): number {
  const children = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = statFields(Number(name));
      const parent = Number(fields[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
      ticks.set(
        Number(name),
        [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0),
      );
    } catch {
      // It ended between the listing and the reading.
    }
  }
  if (!ticks.has(root)) throw new Error(`process ${root} has ended`);
  let all = 0;
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    all += ticks.get(pid) ?? 0;
    queue.push(...(children.get(pid) ?? []));
  }
  return all * MICROSECONDS_PER_TICK;
}

/** Resident memory in bytes, from /proc/pid/status. */
export function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? 0) * 1024;
}

/** Open descriptors of a process. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Fields after the command's name, so index 0 is the state (field 3). */
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}
