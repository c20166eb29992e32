import { lstatSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoaError } from "../../../platform/errors/stoa-error.ts";
import type { Processes, SessionEnd, SessionRest } from "../../../platform/processes/contract.ts";
import type { ExitFile } from "../../host/job-file.ts";
import { clearFolder, forbidStart, killHost, settleDeadHost } from "../../host/leftovers.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { endTree, findTree } from "../../host/process-tree.ts";
import { type JobRef, ResourceError } from "../contract.ts";
import type { OwnGroups } from "./own-groups.ts";
import { markerIn } from "./stale-folder.ts";
import { type StrandedLog, strandedWork } from "./stranded-work.ts";

/** Starts sessions' programs as the person whose they are. */
export type PersonHosts = Pick<Processes, "runSession" | "endSession" | "ownerOf"> &
  Partial<Pick<Processes, "accountOf">>;

const TOO_LATE = 3;

/**
 * What is done in a job's folder besides reading: by us where the folder is ours, else by a process of its owner's,
 * who alone can be led nowhere by what they put there.
 */
export interface FolderWork {
  /** @returns false: a host has the job already */
  forbid(message: string, marker: string | null): Promise<boolean>;
  settle(host: ProcessIdentity, ifSilent: Pick<ExitFile, "cause" | "message">): Promise<void>;
  kill(): Promise<void>;
  /** Whether anything of its program runs, whatever the folder says. */
  runs(): Promise<boolean>;
  /**
   * Ends whatever is left of it, found by means that nothing in the folder has a say in: of one that told of its end
   * (`rest`) its host is let be, if nothing else is left.
   * @returns whether anything of its program ran
   * @throws ResourceError `transient`: not all could be ended
   */
  finish(how: "rest" | "all"): Promise<boolean>;
  clear(): Promise<void>;
}

export interface Workers {
  readonly people: PersonHosts | null;
  readonly groups: OwnGroups | null;
  /** Milliseconds that a process of its owner's has for its work in the folder: another one of theirs may stop it. */
  readonly taskMs: number;
  readonly log?: StrandedLog | undefined;
}

/**
 * @param job of a number alone only the control group tells what is of it, where the folder is its owner's
 * @throws ResourceError `transient` when nobody can tell whose the folder is
 */
export async function workIn(folder: string, job: JobRef, workers: Workers): Promise<FolderWork> {
  const { people, groups, taskMs, log } = workers;
  const { id: jobId, marker: known } = typeof job === "number" ? { id: job, marker: null } : job;
  const uid = uidOf(folder);
  if (uid !== null && uid === process.getuid?.()) return ownWork(folder, jobId, known, groups);
  const shown = (uid !== null && (await people?.ownerOf(uid))) || null;
  if (uid !== null && (!people || shown === null)) return strandedWork(uid, jobId, known, log);
  const ownerId = ownerIn(job) ?? shown;
  if (!people || ownerId === null) throw othersFolder(jobId, uid);
  const run = async (task: "forbid" | "settle" | "kill" | "clear", input: unknown): Promise<number | null> => {
    // Its own processes are ended all the same.
    if (shown !== null && shown !== ownerId) throw othersFolder(jobId, uid);
    const { ended, end } = await people.runSession(ownerId, jobId, task, input);
    const late = sleep(taskMs, null, { ref: false }).then(() => ({ code: null, said: "it took too long" }));
    const { code, said } = await Promise.race([ended, late]);
    if (code === 0 || code === TOO_LATE) return code;
    await end();
    throw disorder(jobId, said.slice(-300));
  };
  const end = (how: SessionEnd) => people.endSession(ownerId, jobId, known, how);
  const inOrder = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => Promise.reject(told(jobId, error)));
  return {
    forbid: async (message, marker) => (await inOrder(run("forbid", { message, marker }))) === 0,
    settle: async (_host, ifSilent) => void (await inOrder(run("settle", ifSilent))),
    kill: async () => void (await inOrder(run("kill", {}))),
    runs: async () => (await inOrder(end("look"))).found > 0,
    finish: async (how) => nothingLeft(await inOrder(end(how))),
    clear: async () => void (await inOrder(run("clear", {}))),
  };
}

/** Null: it can't be told, as its owner has put something over it: a file system of theirs shows whatever uid they like. */
function uidOf(folder: string): number | null {
  try {
    const { uid, dev } = lstatSync(folder);
    return dev === statSync(dirname(folder)).dev ? uid : null;
  } catch {
    return null;
  }
}

function ownerIn(job: JobRef): number | undefined {
  return typeof job === "number" ? undefined : job.owner_id;
}

function told(jobId: number, error: unknown): unknown {
  return error instanceof StoaError ? disorder(jobId, error.message, error) : error;
}

function disorder(jobId: number, why: string, cause?: unknown): ResourceError {
  return new ResourceError("transient", `Session ${jobId} could not be put in order: ${why}`, cause);
}

function othersFolder(jobId: number, uid: number | null): ResourceError {
  return new ResourceError("transient", `Session ${jobId} belongs to another account of this machine (uid ${uid}).`);
}

function ownWork(folder: string, jobId: number, known: string | null, groups: OwnGroups | null): FolderWork {
  const marker = known ?? markerIn(folder);
  const members = () => groups?.programOf(jobId) ?? [];
  const marks = { marker: marker ?? "", root: null, spare: [process.pid] };
  const marked = () => (marker === null ? [] : findTree(marks));
  return {
    forbid: async (message, marker) => forbidStart(folder, message, marker),
    settle: (host, ifSilent) => settleDeadHost(folder, host, ifSilent),
    kill: async () => killHost(folder),
    runs: async () => members().length + marked().length > 0,
    async finish(how) {
      const found = members().length + marked().length;
      if (how === "all") killHost(folder);
      if (found === 0) return false;
      const inGroup = (await groups?.end(jobId)) ?? 0;
      return nothingLeft({ found, left: inGroup + (marker === null ? 0 : await endTree(marks, 0)) });
    },
    clear: async () => clearFolder(folder),
  };
}

function nothingLeft({ found, left }: SessionRest): boolean {
  if (left > 0) throw new ResourceError("transient", "The session's processes could not all be ended yet.");
  return found > 0;
}
