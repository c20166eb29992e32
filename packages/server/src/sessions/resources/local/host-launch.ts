import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inGroups } from "../../../platform/processes/control-groups/enter.ts";
import { writeJsonAtomically } from "../../host/atomic-file.ts";
import { type JobFile, NO_ROOM, RUN_FILES } from "../../host/job-file.ts";
import { isFull } from "../../host/leftovers.ts";
import { type LaunchRequest, ResourceError } from "../contract.ts";
import type { OwnGroups } from "./own-groups.ts";
import type { PersonHosts } from "./person-hosts.ts";

const HOST = fileURLToPath(new URL("../../host/main.ts", import.meta.url));
/** A busy machine may need seconds for what takes a tenth of one. */
const TAKEN_WITHIN_MS = 15_000;

/** Hosts that are started as ourselves. */
export interface OwnHosts {
  /** The host's program, absolute; left out: its sources as they are. */
  readonly program?: string | undefined;
  readonly groups?: OwnGroups | null;
}

type Command = readonly [string, ...string[]];

const HOST_MEMORY = "--max-old-space-size=128";

/** Tells whether the process has ended, and with what; undefined: not yet. */
type Gone = () => { readonly code: number | null; readonly said: string } | undefined;

/**
 * Starts a session host for the job unless one has it, and waits until its program runs or could not be started.
 * Any number of calls, from any number of processes, start one program: hosts claim the folder, and one wins.
 * @param people starts it as its owner; null: as ourselves
 * @param own of hosts that are started as ourselves
 * @throws ResourceError
 */
export async function launchHost(
  folder: string,
  request: Pick<LaunchRequest, "ownerId">,
  job: JobFile,
  people: PersonHosts | null,
  own: OwnHosts = {},
): Promise<void> {
  if (existsSync(join(folder, RUN_FILES.host))) return;
  const gone = people === null ? launchOwn(folder, job, own) : await launchAs(people, request.ownerId, job);
  // What is prepared first may take many minutes: the claim is all there is to wait for.
  const signs = [...(job.prepare === undefined ? [RUN_FILES.child] : [RUN_FILES.host]), RUN_FILES.exit];
  for (const until = Date.now() + TAKEN_WITHIN_MS; ; ) {
    if (signs.some((name) => existsSync(join(folder, name)))) return;
    // Ours may have lost the claim to another one: then that one's files will come.
    const end = gone();
    if (end !== undefined && !existsSync(join(folder, RUN_FILES.host))) throw hostFailed(end);
    if (Date.now() > until) throw new ResourceError("transient", "The session's host did not start in time.");
    await sleep(8);
  }
}

function launchOwn(folder: string, job: JobFile, { program = HOST, groups = null }: OwnHosts): Gone {
  const { jobId, allowance } = job;
  const made = allowance === undefined ? null : (groups?.make(jobId, allowance) ?? null);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const held = allowance === undefined ? job : { ...job, allowance: { ...allowance, cgroup: made } };
    writeJsonAtomically(join(folder, RUN_FILES.job), held);
  } catch (error) {
    const fault = isFull(error) ? "exhausted" : "transient";
    throw new ResourceError(fault, `The session's folder could not be written: ${(error as Error).message}.`, error);
  }
  const command = inGroups(made?.host ?? [], [process.execPath, HOST_MEMORY, program, folder]);
  const gone = spawnHost(folder, command, () => groups?.hostEnded(jobId));
  return () => (gone() ? { code: null, said: readFileSync(join(folder, RUN_FILES.errors), "utf8") } : undefined);
}

async function launchAs(people: PersonHosts, ownerId: number, job: JobFile): Promise<Gone> {
  let end: ReturnType<Gone>;
  const host = await people.runSession(ownerId, job.jobId, "host", job, job.allowance);
  void host.ended.then((how) => {
    end = how;
  });
  return () => end;
}

/** @returns tells whether the process has ended. */
function spawnHost(folder: string, [program, ...args]: Command, onEnded: () => void): () => boolean {
  const errors = openSync(join(folder, RUN_FILES.errors), "a", 0o640);
  try {
    // A session of its own: what ends the server's process group doesn't reach it. Nothing of our environment: its
    // program's people could read it in /proc.
    const child = spawn(program, args, {
      cwd: folder,
      detached: true,
      stdio: ["ignore", "ignore", errors],
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    let failed = false;
    child.on("error", () => {
      failed = true;
    });
    child.once("exit", onEnded);
    child.unref();
    return () => failed || child.exitCode !== null || child.signalCode !== null;
  } finally {
    closeSync(errors);
  }
}

function hostFailed({ code, said }: NonNullable<ReturnType<Gone>>): ResourceError {
  if (code === NO_ROOM) {
    return new ResourceError("exhausted", "The session's folder could not be written: no space left on the disk.");
  }
  const reason = said.trim().slice(-300);
  return new ResourceError("transient", `The session's host could not start${reason === "" ? "." : `: ${reason}`}`);
}
