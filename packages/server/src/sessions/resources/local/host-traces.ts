import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { claimEmpty, claimWithJson, readJson, writeJsonAtomically } from "../../host/atomic-file.ts";
import { type ChildFile, type ExitFile, type JobFile, RUN_FILES } from "../../host/job-file.ts";
import { currentBootId, isAlive, type ProcessIdentity } from "../../host/process-identity.ts";
import { endTree } from "../../host/process-tree.ts";
import type { Ended } from "../contract.ts";

/** `host.json` of a job that was stopped before any host took it: nobody ever will. */
export interface Tombstone {
  readonly neverStarted: string;
  readonly at: string;
  /** Whose; null: of whatever job has that id. */
  readonly marker: string | null;
}

const HOST_ENDED = "The process that kept the session was ended from outside.";
const MACHINE_RESTARTED = "The machine was restarted while it ran.";

/** What a job's folder says. */
export type Traces =
  | { readonly kind: "none" }
  | { readonly kind: "never"; readonly ended: Ended }
  | { readonly kind: "host"; readonly host: ProcessIdentity; readonly alive: boolean; readonly child: ChildFile | null }
  | { readonly kind: "exit"; readonly exit: ExitFile };

export function readTraces(folder: string): Traces {
  const exit = readJson(join(folder, RUN_FILES.exit)) as ExitFile | undefined;
  if (exit?.tree === "gone") return { kind: "exit", exit };
  const claim = readClaim(join(folder, RUN_FILES.host));
  if (claim === undefined) return { kind: "none" };
  if ("neverStarted" in claim) return { kind: "never", ended: neverStarted(claim) };
  const alive = isAlive(claim);
  // Between the two looks it may have ended in good order.
  if (!alive && readExit(folder)?.tree === "gone") return readTraces(folder);
  return { kind: "host", host: claim, alive, child: readChild(folder) };
}

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

/** Who has the job. A claim is never seen half-written: an empty one is a tombstone that found no room for words. */
function readClaim(file: string): ProcessIdentity | Tombstone | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.size === 0) return { neverStarted: "The disk was full.", at: found.mtime.toISOString(), marker: null };
  return readJson(file) as ProcessIdentity | Tombstone | undefined;
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
) {
  const job = readJson(join(folder, RUN_FILES.job)) as JobFile | undefined;
  const child = readChild(folder);
  const sameBoot = host.bootId === currentBootId();
  if (sameBoot && job !== undefined) {
    // Its number alone proves nothing any more: the first process counts only while it is alive itself.
    const root = child !== null && isAlive({ ...child, bootId: host.bootId }) ? child : null;
    await endTree({ marker: job.marker, root, spare: [] }, job.limits.graceSeconds * 1000);
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
  const told = readExit(folder);
  writeJsonAtomically(join(folder, RUN_FILES.exit), told === undefined ? silent : { ...told, tree: "gone" });
}

export function endedOf(exit: ExitFile): Ended {
  const { tree: _, ...rest } = exit;
  return { state: "ended", ...rest };
}

export function hasFolder(folder: string): boolean {
  return existsSync(folder);
}

/** When the machine went down, nobody wrote when: the newest file tells best. */
function lastSign(folder: string): Date {
  const times = readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs);
  return new Date(Math.max(...times));
}

function neverStarted(claim: Tombstone): Ended {
  return {
    state: "ended",
    cause: "never_started",
    code: null,
    signal: null,
    message: claim.neverStarted,
    startedAt: null,
    readyAt: null,
    endedAt: claim.at,
  };
}

function readExit(folder: string): ExitFile | undefined {
  return readJson(join(folder, RUN_FILES.exit)) as ExitFile | undefined;
}

function readChild(folder: string): ChildFile | null {
  return (readJson(join(folder, RUN_FILES.child)) as ChildFile | undefined) ?? null;
}
