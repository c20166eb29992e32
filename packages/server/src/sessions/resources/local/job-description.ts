import { delimiter } from "node:path";
import { isSeen } from "../../host/enclosure/file-view.ts";
import type { Enclosure, JobFile } from "../../host/job-file.ts";
import type { LaunchRequest } from "../contract.ts";

/** What all sessions of a server have in common. */
export type HostLimits = Pick<JobFile["limits"], "scrollbackBytes" | "logBytes" | "graceSeconds" | "lingerSeconds"> & {
  /** Processes and threads that one session may have; left out: as many as most programs ever need. */
  readonly processes?: number;
};

const USUAL_PROCESSES = 4096;
/** In a network of its own nobody else can have it. */
const PORT = 8000;

/** What a session's host is told. */
export function describeJob(
  request: LaunchRequest,
  { processes, ...limits }: HostLimits,
  apart: { readonly account: boolean; readonly enclosure: Enclosure | undefined },
): JobFile {
  const { cpus, memoryBytes } = request;
  return {
    jobId: request.jobId,
    marker: request.marker,
    program: {
      kind: request.kind,
      command: request.command,
      cwd: request.cwd,
      env: seenFrom(request, apart.enclosure),
    },
    web: request.web,
    ...(request.listens === "port" ? { port: PORT } : {}),
    ...(request.prepare.length === 0 ? {} : { prepare: request.prepare }),
    ...(apart.account ? { account: true } : {}),
    ...(apart.enclosure === undefined ? {} : { enclosure: apart.enclosure }),
    allowance: { cpus, memoryBytes, processes: processes ?? USUAL_PROCESSES, cgroup: null },
    limits: { ...limits, wallSeconds: request.timeLimitSeconds },
  };
}

/** Of two programs of a name the one is meant that can be seen: the server's own folders come first in its PATH. */
function seenFrom({ env, cwd }: LaunchRequest, enclosure: Enclosure | undefined): JobFile["program"]["env"] {
  const { PATH } = env;
  if (enclosure === undefined || PATH === undefined) return env;
  const seen = { ...enclosure, writable: [...enclosure.writable, cwd] };
  return {
    ...env,
    PATH: PATH.split(delimiter)
      .filter((folder) => isSeen(folder, seen))
      .join(delimiter),
  };
}
