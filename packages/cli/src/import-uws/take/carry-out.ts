import { reserveNumbers } from "@stoa/server/platform/imports/kept-numbers.ts";
import type { ImportTables } from "@stoa/server/platform/imports/tables.ts";
import type { WorkspaceTables } from "@stoa/server/workspaces/tables.ts";
import type { Ground } from "../ground.ts";
import type { Plan } from "../plan/make-plan.ts";
import type { OldService } from "../source/old-rows.ts";
import { bringJobs } from "./jobs.ts";
import { bringPeople } from "./people.ts";
import { bringShares } from "./shares.ts";
import { stillHere } from "./still-here.ts";
import { bringWorkspaces } from "./workspaces.ts";

export interface CarriedOut {
  readonly people: number;
  readonly workspaces: number;
  readonly shares: number;
  readonly jobs: number;
  readonly failed: readonly { readonly oldId: number; readonly why: string }[];
}

/**
 * Does what a plan says. Each thing comes in a transaction of its own that also notes that it came: killed anywhere,
 * the same command goes on where this one ended.
 */
export async function carryOut(ground: Ground, plan: Plan): Promise<CarriedOut> {
  const { platform, files } = ground;
  const people = await bringPeople(ground, plan);
  const context = {
    db: platform.db.withTables<WorkspaceTables>(),
    files,
    audit: platform.audit,
    events: platform.events,
  };
  const { ids, failed } = await bringWorkspaces(ground, context, plan.workspaces, people);
  const known = { people, workspaces: await stillHere(ground, context, ids) };
  const shares = await bringShares(ground, context, plan.shares, known);
  const jobs = await bringJobs(ground, context, plan.jobs.take, known);
  const came = plan.workspaces.filter(({ fate, old: { id } }) => fate === "take" && ids.has(id)).length;
  const newPeople = plan.people.filter(({ fate }) => fate === "take" || fate === "link").length;
  return { people: newPeople, workspaces: came, shares, jobs, failed };
}

/** From here on nobody here gets a number that the old service's things have. Before the plan that relies on it. */
export async function reserveAll({ platform, source }: Ground, old: OldService): Promise<void> {
  const db = platform.db.withTables<ImportTables>();
  const ids = (things: readonly { readonly id: number }[]) => things.map(({ id }) => id);
  await reserveNumbers(db, source, "person", ids(old.users));
  await reserveNumbers(db, source, "workspace", ids(old.workspaces));
  await reserveNumbers(db, source, "job", ids(old.jobs));
}
