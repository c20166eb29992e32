import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { openControlGroups } from "./control-groups.ts";
import { canEnter } from "./enter.ts";

/** By what sessions are held to their memory, processes and processors on this machine. */
export interface SessionLimits {
  /** The kernel keeps them to it by these; null: their hosts watch them. */
  readonly groups: "v2" | "v1" | null;
  /** Whether those limit processors, too. */
  readonly cpu: boolean;
  /** Why there are no groups; null: there are. */
  readonly why: string | null;
}

const SILENT = { info: () => undefined, warn: () => undefined };
const CPU_FILES = ["cpu.max", "cpu.cfs_quota_us"];

/**
 * Finds out by making a group as a session gets one, and taking it away again.
 * @param broker whether people's sessions are started by a broker, who is root
 */
export async function trySessionLimits(broker: boolean): Promise<SessionLimits> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && !broker) return watched("as root it takes STOA_BROKER to make some");
  // Not the installation's own name: a server may be running.
  const groups = openControlGroups(`try${randomBytes(6).toString("hex")}`, SILENT);
  const none = isRoot
    ? "this machine has none that could be written"
    : "the server was not started in one of its own (systemd's Delegate=yes)";
  if (groups === null) return watched(none);
  try {
    const group = groups.make("own-0", { cpus: 1, memoryBytes: 2 ** 26, processes: 16 }, null);
    if (group === null || !canEnter([...group.host, ...group.enter])) return watched(none);
    if (group.limits === null) return watched("their controllers for memory and processes are not to be had here");
    const cpu = group.enter.some((folder) => CPU_FILES.some((name) => existsSync(path.join(folder, name))));
    return { groups: group.limits, cpu, why: null };
  } finally {
    await groups.removeAll();
    groups.close();
  }
}

function watched(why: string): SessionLimits {
  return { groups: null, cpu: false, why };
}
