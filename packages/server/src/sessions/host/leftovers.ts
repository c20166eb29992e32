import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { claimEmpty, claimWithJson, readJson, writeJsonAtomically } from "./atomic-file.ts";
import { type ChildFile, type ExitFile, type JobFile, RUN_FILES } from "./job-file.ts";
import { currentBootId, isAlive, type ProcessIdentity, signal } from "./process-identity.ts";
import { endTree } from "./process-tree.ts";

/** `host.json` of a job that was stopped before any host took it: nobody ever will. */
export interface Tombstone {
  readonly neverStarted: string;
  readonly at: string;
  /** Whose; null: of whatever job has that id. */
  readonly marker: string | null;
}

export const HOST_ENDED = "The process that kept the session was ended from outside.";
const MACHINE_RESTARTED = "The machine was restarted while it ran.";

/** Makes sure that no host ever takes the job. @returns false: one has it already */
export function forbidStart(folder: string, message: string, marker: string | null): boolean {
  const tombstone: Tombstone = { neverStarted: message, at: new Date().toISOString(), marker };
  const file = join(folder, RUN_FILES.host);
  try {
    return claimWithJson(file, tombstone);
  } catch (error) {
    if (!isFull(error)) throw error;
    return claimEmpty(file);
  }
}

/** True when there is no room for a file, on the disk or in the quota. */
export function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT";
}

/**
 * Puts in order what a host left that is no more: ends the rest of its tree, and writes the exit status that it
 * could not write.
 */
export async function settleDeadHost(
  folder: string,
  host: ProcessIdentity,
  ifSilent: Pick<ExitFile, "cause" | "message">,
): Promise<void> {
  const job = readJson(join(folder, RUN_FILES.job)) as JobFile | undefined;
  const child = readChild(folder);
  const sameBoot = host.bootId === currentBootId();
  if (sameBoot && job !== undefined) {
    // Its number alone proves nothing any more: the first process counts only while it is alive itself.
    const root = child !== null && isAlive({ ...child, bootId: host.bootId }) ? child : null;
    const group = job.allowance?.cgroup ?? null;
    const marks = { marker: job.marker, root, spare: [process.pid], group, enclosed: job.enclosure !== undefined };
    await endTree(marks, job.limits.graceSeconds * 1000);
  }
  const silent: ExitFile = {
    cause: ifSilent.cause,
    message: ifSilent.message ?? (sameBoot ? HOST_ENDED : MACHINE_RESTARTED),
    code: null,
    signal: null,
    startedAt: child?.startedAt ?? null,
    readyAt: null,
    endedAt: (sameBoot ? new Date() : lastSign(folder)).toISOString(),
    tree: "gone",
  };
  const told = readJson(join(folder, RUN_FILES.exit)) as ExitFile | undefined;
  writeJsonAtomically(join(folder, RUN_FILES.exit), told === undefined ? silent : { ...told, tree: "gone" });
}

/** Kills a host that does not answer. */
export function killHost(folder: string): void {
  const host = readJson(join(folder, RUN_FILES.host)) as ProcessIdentity | Tombstone | undefined;
  if (host !== undefined && "pid" in host && isAlive(host)) signal(host, "SIGKILL");
}

/** Removes all that is in the folder. */
export function clearFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

function readChild(folder: string): ChildFile | null {
  return (readJson(join(folder, RUN_FILES.child)) as ChildFile | undefined) ?? null;
}

/** When the machine went down, nobody wrote when: the newest file tells best. */
function lastSign(folder: string): Date {
  const times = readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs);
  return new Date(Math.max(...times));
}
