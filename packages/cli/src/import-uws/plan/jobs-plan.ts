import type { ImportedThing } from "@stoa/server/platform/imports/imported-things.ts";
import type { OldJob } from "../source/old-rows.ts";
import type { PersonPlan } from "./people-plan.ts";
import type { WorkspacePlan } from "./workspaces-plan.ts";

export interface JobPlan {
  readonly old: OldJob;
  readonly ownerId: number;
  /** Null: the old service had deleted it. */
  readonly workspaceId: number | null;
  readonly keptId: number | null;
}

export interface JobsPlan {
  readonly take: readonly JobPlan[];
  readonly here: number;
  /** Why others don't come, and how many each. */
  readonly refused: ReadonlyMap<string, number>;
  /** Of those taken: not over there yet. */
  readonly running: number;
}

export interface JobsHere {
  readonly imported: ReadonlyMap<number, ImportedThing>;
  readonly keepable: ReadonlySet<number>;
  readonly people: ReadonlyMap<number, PersonPlan>;
  readonly workspaces: ReadonlyMap<number, WorkspacePlan>;
}

/** Decides about jobs: they are history, so those whose workspace is gone come too, with their core hours. */
export function planJobs(old: readonly OldJob[], here: JobsHere): JobsPlan {
  const take: JobPlan[] = [];
  const refused = new Map<string, number>();
  let known = 0;
  for (const job of old) {
    if (here.imported.has(job.id)) {
      known += 1;
      continue;
    }
    const plan = planJob(job, here);
    if (typeof plan === "string") refused.set(plan, (refused.get(plan) ?? 0) + 1);
    else take.push(plan);
  }
  return { take, here: known, refused, running: take.filter(({ old: { status } }) => isLive(status)).length };
}

export function isLive(status: string): boolean {
  return status !== "complete" && status !== "failed";
}

function planJob(old: OldJob, here: JobsHere): JobPlan | string {
  const workspace = old.workspaceId === null ? null : (here.workspaces.get(old.workspaceId) ?? null);
  if (workspace?.fate === "refuse") return "the workspace does not come";
  // Older versions knew the person by the workspace only.
  const ownerId = old.userId ?? workspace?.old.userId ?? null;
  if (ownerId === null) return "it belongs to nobody";
  const owner = here.people.get(ownerId);
  if (!owner || owner.fate === "refuse") return "the person does not come";
  const keptId = here.keepable.has(old.id) ? old.id : null;
  return { old, ownerId, workspaceId: workspace?.old.id ?? null, keptId };
}
