import { availableParallelism, loadavg } from "node:os";
import { machineMemory } from "../admission/machine-memory.ts";
import type { SessionsContext } from "../context.ts";
import type { JobType } from "../job-types/contract.ts";
import { whereFound, whyMissing } from "../job-types/environment.ts";
import { checkPortIsKept } from "../policy.ts";
import { type Told, tell } from "../sentences.ts";
import { programVersion } from "./program-version.ts";

/** A job type on this machine. */
export interface SeenType {
  readonly type: JobType;
  /** Why nobody can start it here; null: it can be started. */
  readonly why: Told | null;
  readonly path: string | null;
  readonly version: string | null;
}

/** What was found when it was last looked. */
export interface Seen {
  readonly at: Date;
  readonly types: readonly SeenType[];
}

/** How this machine does now. */
export interface MachineNow {
  readonly cores: number;
  /** Programs that want to run, on average over the last minute. */
  readonly load: number;
  readonly memoryTotal: number;
  readonly memoryFree: number;
}

/** Milliseconds that what was found is told again: asking each program for its version takes a second. */
const KEPT_MS = 60_000;

/** Looks at once when asked to, else tells what was found within the last minute; two who ask together look once. */
export function createLook(context: Pick<SessionsContext, "jobTypes" | "local">): (again: boolean) => Promise<Seen> {
  let last: Promise<Seen> | null = null;
  let begunAt = 0;
  return (again) => {
    const age = Date.now() - begunAt;
    if (last === null || age > KEPT_MS || (again && age > 1_000)) {
      begunAt = Date.now();
      last = look(context);
    }
    return last;
  };
}

async function look({ jobTypes, local }: Pick<SessionsContext, "jobTypes" | "local">): Promise<Seen> {
  const types = await Promise.all(
    [...jobTypes.values()].map(async (type): Promise<SeenType> => {
      const path = whereFound(type, local);
      const why = whyNot(type, local);
      return { type, why, path, version: path === null || why !== null ? null : await programVersion(path) };
    }),
  );
  return { at: new Date(), types };
}

function whyNot(type: JobType, local: SessionsContext["local"]): Told | null {
  try {
    checkPortIsKept(type, local);
  } catch (error) {
    return tell((error as Error).message);
  }
  const missing = whyMissing(type, local);
  return missing === null ? null : tell(missing);
}

export function machineNow(): MachineNow {
  const { totalBytes, availableBytes } = machineMemory();
  const [load = 0] = loadavg();
  return { cores: availableParallelism(), load, memoryTotal: totalBytes, memoryFree: availableBytes };
}
