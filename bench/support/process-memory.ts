import { readdirSync, readFileSync } from "node:fs";

const EVERY_MS = 50;
const MEGABYTE = 1 << 20;

/** Watches how far the memory of a server and its file agents rises above what it was. */
export function watchMemory(pid: number): { stop(): number } {
  const before = familyBytes(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, familyBytes(pid));
  }, EVERY_MS);
  return {
    /** @returns MiB */
    stop() {
      clearInterval(timer);
      return (Math.max(most, familyBytes(pid)) - before) / MEGABYTE;
    },
  };
}

/** Resident bytes of a process and its descendants but PostgreSQL, whose shared memory would count in each of them. */
function familyBytes(root: number): number {
  const parents = new Map<number, { parent: number; name: string; bytes: number }>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = readFileSync(`/proc/${entry}/status`, "utf8");
      const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, "m").exec(status)?.[1] ?? "0";
      parents.set(Number(entry), {
        parent: Number(field("PPid")),
        name: field("Name"),
        bytes: Number(field("VmRSS")) * 1024,
      });
    } catch {
      // It ended between the listing and the reading.
    }
  }
  let bytes = 0;
  for (const [pid, { name, bytes: own }] of parents) {
    if (name.startsWith("postgres")) continue;
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)?.parent) {
      if (at !== root) continue;
      bytes += own;
      break;
    }
  }
  return bytes;
}
