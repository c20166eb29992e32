import { lstatSync } from "node:fs";
import type { Processes } from "../../../platform/processes/contract.ts";
import type { ExitFile } from "../../host/job-file.ts";
import { clearFolder, forbidStart, killHost, settleDeadHost } from "../../host/leftovers.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { ResourceError } from "../contract.ts";

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
  /** Ends whatever is left in its control group, the host too, where it has one that we can't end ourselves. */
  finish(): Promise<void>;
  clear(): Promise<void>;
}

/** @throws ResourceError `transient` when the folder is another account's, and nobody can work as that */
export async function workIn(folder: string, jobId: number, people: PersonHosts | null): Promise<FolderWork> {
  const { uid } = lstatSync(folder);
  if (uid === process.getuid?.()) return ownWork(folder);
  const ownerId = await people?.ownerOf(uid);
  if (!people || ownerId == null) {
    throw new ResourceError("transient", `Session ${jobId} belongs to another account of this machine (uid ${uid}).`);
  }
  const run = async (task: "forbid" | "settle" | "kill" | "clear", input: unknown): Promise<number | null> => {
    const { ended } = await people.runSession(ownerId, jobId, task, input);
    const { code, said } = await ended;
    if (code === 0 || code === TOO_LATE) return code;
    throw new ResourceError("transient", `Session ${jobId} could not be put in order: ${said.slice(-300)}`);
  };
  return {
    forbid: async (message, marker) => (await run("forbid", { message, marker })) === 0,
    settle: async (_host, ifSilent) => void (await run("settle", ifSilent)),
    kill: async () => void (await run("kill", {})),
    async finish() {
      const left = await people.endSession(ownerId, jobId);
      if (left !== null && left > 0) {
        throw new ResourceError("transient", "The session's processes could not all be ended yet.");
      }
    },
    clear: async () => void (await run("clear", {})),
  };
}

function ownWork(folder: string): FolderWork {
  return {
    forbid: async (message, marker) => forbidStart(folder, message, marker),
    settle: (host, ifSilent) => settleDeadHost(folder, host, ifSilent),
    kill: async () => killHost(folder),
    finish: async () => undefined,
    clear: async () => clearFolder(folder),
  };
}
