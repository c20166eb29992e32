import { type ControlGroups, openControlGroups } from "../../../platform/processes/control-groups/control-groups.ts";
import { canEnter } from "../../../platform/processes/control-groups/enter.ts";
import type { JobGroup } from "../../../platform/processes/control-groups/job-group.ts";
import type { Allowance } from "../../host/job-file.ts";

/** Control groups of sessions that run as ourselves: where systemd has given us a part of the hierarchy. */
export interface OwnGroups {
  /** Null: it could not be made. */
  make(jobId: number, allowance: Allowance): JobGroup | null;
  hostEnded(jobId: number): void;
  /** Running processes of its program. */
  programOf(jobId: number): number[];
  /** Kills all that is in it, its host too. @returns how many are left */
  end(jobId: number): Promise<number>;
  close(): void;
}

const SILENT = { info: () => undefined, warn: () => undefined };
const TRIAL = "own-0";

/**
 * Null for root, who has a broker for that (without one it holds nobody to anything), and where the kernel does not let
 * us: we must have been started in a group of our own (a systemd user service, or one with Delegate=yes).
 * @param mark of the run directory: another server's sessions are never taken for ours
 */
export function openOwnGroups(mark: string): OwnGroups | null {
  if (process.getuid?.() === 0) return null;
  const groups = openControlGroups(mark.replaceAll("-", ""), SILENT);
  if (groups === null) return null;
  if (!canUse(groups)) {
    groups.close();
    return null;
  }
  void groups.sweep();
  return {
    make: (jobId, { cpus, memoryBytes, processes }) =>
      groups.make(`own-${jobId}`, { cpus, memoryBytes, processes }, null),
    hostEnded: (jobId) => groups.hostEnded(`own-${jobId}`),
    programOf: (jobId) => groups.programOf(`own-${jobId}`),
    end: (jobId) => groups.end(`own-${jobId}`),
    close: () => groups.close(),
  };
}

function canUse(groups: ControlGroups): boolean {
  try {
    const group = groups.make(TRIAL, { cpus: 1, memoryBytes: 2 ** 26, processes: 16 }, null);
    if (group === null) return false;
    return canEnter([...group.host, ...group.enter]);
  } catch {
    return false;
  } finally {
    groups.hostEnded(TRIAL);
  }
}
