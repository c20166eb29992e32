import { readdirSync, statSync } from "node:fs";
import type { Logger } from "pino";
import { endSession } from "../../../platform/processes/broker/end-session.ts";
import type { SessionEnd, SessionRest } from "../../../platform/processes/contract.ts";
import { isRunning, readStat } from "../../host/process-identity.ts";
import { ResourceError } from "../contract.ts";
import type { FolderWork } from "./person-hosts.ts";

export type StrandedLog = Pick<Logger, "warn">;

/**
 * What is left to do of a session as whose owner nobody can work any more: the broker was switched off, or the account
 * is gone. Root ends by itself what carries its mark; anybody else can only wait until nothing runs under that number.
 * The folder is let be.
 * @param marker null: nothing tells its processes from others of that number
 */
export function strandedWork(uid: number, jobId: number, marker: string | null, log?: StrandedLog): FolderWork {
  const seesMarks = process.getuid?.() === 0 && marker !== null;
  const end = async (how: SessionEnd): Promise<SessionRest> => {
    if (seesMarks) return endSession(null, { uid, group: "", marker, how });
    const found = runningAs(uid);
    return { found, left: found };
  };
  const refuse = (): Promise<never> =>
    Promise.reject(
      new ResourceError("transient", `Session ${jobId} belongs to another account of this machine (uid ${uid}).`),
    );
  return {
    forbid: refuse,
    settle: refuse,
    kill: refuse,
    clear: refuse,
    runs: async () => (await end("look")).found > 0,
    async finish() {
      const { found, left } = await end("all");
      if (left > 0) throw new ResourceError("transient", `Processes of session ${jobId} may still run (uid ${uid}).`);
      const others = runningAs(uid);
      log?.warn(
        { jobId, uid, ended: found, others },
        "sessions: nobody can work as its owner; its end is as it was told",
      );
      return found > 0;
    },
  };
}

/** Processes of that number that can be seen. */
function runningAs(uid: number): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => ownerOf(pid) === uid && isAlive(Number(pid))).length;
}

function ownerOf(pid: string): number | null {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? null;
}

function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && isRunning(stat);
}
