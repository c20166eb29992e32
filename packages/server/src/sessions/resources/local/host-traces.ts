import { accessSync, constants, existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../../host/atomic-file.ts";
import { type ChildFile, type ExitFile, RUN_FILES } from "../../host/job-file.ts";
import type { Tombstone } from "../../host/leftovers.ts";
import { isAlive, type ProcessIdentity, runsAs } from "../../host/process-identity.ts";
import type { Ended } from "../contract.ts";
import { believedChild, believedClaim, believedExit } from "./believed.ts";

/** Bytes: a host's are far shorter, and they are read at each look. */
const LONGEST = 16_384;

/** What a job's folder says. */
export type Traces =
  | { readonly kind: "none" }
  | { readonly kind: "never"; readonly ended: Ended }
  | { readonly kind: "host"; readonly host: ProcessIdentity; readonly alive: boolean; readonly child: ChildFile | null }
  | { readonly kind: "exit"; readonly exit: ExitFile };

export function readTraces(folder: string): Traces {
  const exit = readExit(folder);
  if (exit?.tree === "gone") return { kind: "exit", exit };
  const claim = readClaim(join(folder, RUN_FILES.host));
  if (claim === undefined) return { kind: "none" };
  if ("neverStarted" in claim) return { kind: "never", ended: neverStarted(claim) };
  // One of another account's is not its host, whatever the folder's owner wrote there.
  const alive = isAlive(claim) && runsAs(claim.pid, lstatSync(folder).uid);
  // Between the two looks it may have ended in good order.
  if (!alive && readExit(folder)?.tree === "gone") return readTraces(folder);
  return { kind: "host", host: claim, alive, child: readChild(folder) };
}

/** Who has the job. A claim is never seen half-written: an empty one is a tombstone that found no room for words. */
function readClaim(file: string): ProcessIdentity | Tombstone | undefined {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isFile() && found.size === 0)
    return { neverStarted: "The disk was full.", at: found.mtime.toISOString(), marker: null };
  return believedClaim(readJson(file, LONGEST));
}

export function endedOf(exit: ExitFile): Ended {
  const { tree: _, ...rest } = exit;
  return { state: "ended", ...rest };
}

export function hasFolder(folder: string): boolean {
  return existsSync(folder);
}

/** True when the system lets us see nothing of what is in it. */
export function isClosed(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
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

export function readExit(folder: string): ExitFile | undefined {
  return believedExit(readJson(join(folder, RUN_FILES.exit), LONGEST));
}

function readChild(folder: string): ChildFile | null {
  return believedChild(readJson(join(folder, RUN_FILES.child), LONGEST));
}
