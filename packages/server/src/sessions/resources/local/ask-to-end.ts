import { setTimeout as sleep } from "node:timers/promises";
import type { ExitFile, HostStatus } from "../../host/job-file.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { ResourceError } from "../contract.ts";
import { askStatus, askStop } from "./host-calls.ts";
import { isClosed, readTraces } from "./host-traces.ts";
import type { FolderWork } from "./person-hosts.ts";

export interface ToEnd {
  readonly folder: string;
  /** The address of its control socket, now. */
  readonly socket: () => string;
  readonly work: FolderWork;
  readonly marker: string | null;
  /** Milliseconds for its processes to end in, before all of them are killed. */
  readonly patienceMs: number;
}

/** Milliseconds: after them one that doesn't answer is killed, and one that was killed is given up for now. */
const STUCK_AFTER_MS = 5000;
const LAST_PATIENCE_MS = 5000;

/**
 * Has a session end: it never begins, or its host ends it, or all of it is killed, its host too.
 * @throws ResourceError transient
 */
export async function askToEnd(session: ToEnd, message: string): Promise<void> {
  const { folder, socket, work, marker, patienceMs } = session;
  // Its owner may have closed it: a process of theirs opens it again.
  const isFree = isClosed(folder) || readTraces(folder).kind === "none";
  if (isFree && (await work.forbid(message, marker))) return;
  const patience = Date.now() + patienceMs;
  const stuckAt = Date.now() + STUCK_AFTER_MS;
  let settled = 0;
  for (let asked = false; Date.now() < patience + LAST_PATIENCE_MS; await sleep(20)) {
    if (Date.now() > patience) {
      // It can't write it down, as the disk is full: then it says so.
      if (isGone(await askStatus(socket()))) return;
      await work.finish("all");
      await work.kill();
    }
    if (isClosed(folder)) {
      await work.kill();
      continue;
    }
    const traces = readTraces(folder);
    // Settled twice, and still not: its owner writes in the way of it. What ran has been ended.
    if (traces.kind !== "host" || settled > 1) return;
    if (!traces.alive) {
      settled += 1;
      if (!(await endDead(work, traces.host, { cause: "stopped", message }))) return;
    } else if (!asked) {
      asked = (await askStop(socket(), message)) !== null;
      // It listens some milliseconds after its claim; one that is silent for long is stuck, or somebody froze it.
      if (!asked && Date.now() > stuckAt) await work.kill();
    }
  }
  throw new ResourceError("transient", "The session's processes could not all be ended yet.");
}

/**
 * Ends what a dead host left, and puts its books in order. These lie where its owner can be in their way, by a folder
 * in a file's place, or by stopping who writes them; so what is left ends whatever becomes of them.
 * @returns whether they are written
 */
export async function endDead(
  work: FolderWork,
  host: ProcessIdentity,
  ifSilent: Pick<ExitFile, "cause" | "message">,
): Promise<boolean> {
  const isWritten = await work.settle(host, ifSilent).then(
    () => true,
    () => false,
  );
  await work.finish("all");
  return isWritten;
}

/** It tells that nothing is left of it. */
export function isGone(status: HostStatus | null): status is HostStatus & { readonly exit: ExitFile } {
  return status?.exit?.tree === "gone";
}
