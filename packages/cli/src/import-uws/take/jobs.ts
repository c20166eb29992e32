import { findImported } from "@stoa/server/platform/imports/imported-things.ts";
import type { ImportTables } from "@stoa/server/platform/imports/tables.ts";
import { type ComingJob, takeJobs } from "@stoa/server/sessions/import/take-jobs.ts";
import type { SessionTables } from "@stoa/server/sessions/tables.ts";
import { takeLostWorkspace } from "@stoa/server/workspaces/import/take-workspace.ts";
import type { TakingWorkspaces } from "@stoa/server/workspaces/import/taking.ts";
import type { Ground } from "../ground.ts";
import { isLive, type JobPlan } from "../plan/jobs-plan.ts";
import type { OldJob } from "../source/old-rows.ts";
import type { KnownPerson } from "./people.ts";

const AT_ONCE = 500;
const LOST_NAME = "Deleted in the old service";
const MOST_CPUS = 100_000;

interface Known {
  readonly people: ReadonlyMap<number, KnownPerson>;
  readonly workspaces: ReadonlyMap<number, number>;
}

/** Writes the jobs' history, some hundreds in a transaction. @returns how many */
export async function bringJobs(
  ground: Ground,
  context: TakingWorkspaces,
  plans: readonly JobPlan[],
  known: Known,
): Promise<number> {
  const { platform, source, by } = ground;
  const lost = await findImported(platform.db.withTables<ImportTables>(), source, "lost-workspace");
  const lostIds = new Map([...lost].map(([oldId, { newId }]) => [oldId, newId]));
  const coming: ComingJob[] = [];
  const now = new Date();
  for (const plan of plans) {
    const owner = known.people.get(plan.ownerId);
    if (!owner) continue;
    const workspaceId =
      plan.workspaceId === null
        ? await lostWorkspace(ground, context, lostIds, { id: owner.id, oldId: plan.ownerId })
        : known.workspaces.get(plan.workspaceId);
    if (workspaceId !== undefined) coming.push(jobOf(plan, owner.id, workspaceId, now));
  }
  const db = platform.db.withTables<SessionTables>();
  for (let at = 0; at < coming.length; at += AT_ONCE) {
    ground.signal.throwIfAborted();
    await takeJobs({ db, audit: platform.audit }, coming.slice(at, at + AT_ONCE), { source, by });
  }
  return coming.length;
}

async function lostWorkspace(
  { source, by }: Ground,
  context: TakingWorkspaces,
  ids: Map<number, number>,
  owner: { readonly id: number; readonly oldId: number },
): Promise<number> {
  const before = ids.get(owner.oldId);
  if (before !== undefined) return before;
  const id = await takeLostWorkspace(context, owner, { source, by, name: LOST_NAME });
  ids.set(owner.oldId, id);
  return id;
}

function jobOf({ old, keptId }: JobPlan, ownerId: number, workspaceId: number, now: Date): ComingJob {
  const createdAt = old.createdAt ?? old.startedAt ?? now;
  return {
    oldId: old.id,
    keptId,
    ownerId,
    workspaceId,
    jobType: old.jobType,
    resource: old.resource,
    resourceJobId: old.resourceJobId,
    status: old.status === "failed" ? "failed" : "complete",
    reason: isLive(old.status) ? `It was ${old.status} in the old service when its history was taken over.` : null,
    requestDetails: old.requestDetails,
    options: old.options,
    cpus: cpusOf(old),
    timeLimitSeconds: timeLimitOf(old),
    createdAt,
    startedAt: old.startedAt,
    readyAt: old.startedAt && old.timeInit !== null ? new Date(old.startedAt.getTime() + old.timeInit * 1_000) : null,
    endedAt: old.endedAt ?? (isLive(old.status) ? now : (old.startedAt ?? createdAt)),
    coreHours: old.coreHours,
  };
}

function cpusOf({ options }: OldJob): number {
  const cpus = Number(options.num_cpus ?? options.cpus ?? 1);
  return Number.isInteger(cpus) && cpus > 0 && cpus <= MOST_CPUS ? cpus : 1;
}

function timeLimitOf({ options }: OldJob): number | null {
  const minutes = Number(options.time_limit_min ?? options.time_limit ?? 0);
  return Number.isInteger(minutes) && minutes > 0 && minutes < 1e6 ? minutes * 60 : null;
}
