import { StoaError } from "../platform/errors/stoa-error.ts";
import { memoryOf } from "./admission/free-memory.ts";
import type { SessionsContext } from "./context.ts";
import type { JobContext } from "./job-types/contract.ts";
import { listensOf, sessionEnvironment, sightOf } from "./job-types/environment.ts";
import type { LaunchRequest } from "./resources/contract.ts";
import { say } from "./sentences.ts";
import { startFolderOf } from "./start-folder.ts";
import type { JobRow } from "./tables.ts";

/** What its resource is to run for a job. @throws StoaError conflict, when nobody knows its type any more */
export async function describeLaunch(context: SessionsContext, job: JobRow): Promise<LaunchRequest> {
  const type = context.jobTypes.get(job.job_type);
  if (type === undefined) {
    throw new StoaError("conflict", { message: say("job_type_unknown", { job_type: job.job_type }) });
  }
  const account = (await context.local.accountOf(job.owner_id)) ?? undefined;
  const usual = sessionEnvironment(process.env, { id: job.id, workspaceId: job.workspace_id }, account);
  const env = { ...usual, ...type.environment };
  const cwd = context.workspaces.directory({ id: job.workspace_id, owner_id: job.owner_id });
  const about = {
    jobId: job.id,
    workspaceId: job.workspace_id,
    cwd,
    startFolder: startFolderOf(job.options, cwd),
    env,
    sees: sightOf(type, context.local),
    options: job.options,
    details: job.request_details,
    ...reachedAt(context, job.id),
  };
  return {
    jobId: job.id,
    ownerId: job.owner_id,
    marker: job.marker,
    kind: type.program,
    command: type.command(about),
    cwd,
    env,
    web: type.web,
    listens: listensOf(type),
    prepare: type.prepare?.(about) ?? [],
    writable: [...(account === undefined ? [] : [account.home]), ...(await context.sharedFolders(job.owner_id))],
    cpus: job.cpus,
    memoryBytes: memoryOf(job.options),
    timeLimitSeconds: job.time_limit_seconds,
  };
}

function reachedAt({ platform: { addresses } }: SessionsContext, jobId: number): Pick<JobContext, "origin" | "hosts"> {
  const origin = addresses.sessionOrigin(jobId);
  const origins = [origin ?? [], addresses.portalOrigin()].flat();
  return { origin, hosts: origins.map((one) => new URL(one).hostname) };
}
