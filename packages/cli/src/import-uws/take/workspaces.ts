import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { StoaError } from "@stoa/server/platform/errors/stoa-error.ts";
import { measureForeign, sendForeign } from "@stoa/server/workspaces/files/foreign-tree.ts";
import type { ReceivedTree } from "@stoa/server/workspaces/files/receive-tree.ts";
import { takeWorkspace } from "@stoa/server/workspaces/import/take-workspace.ts";
import type { TakingWorkspaces } from "@stoa/server/workspaces/import/taking.ts";
import { showBytes } from "../../sizes.ts";
import type { Ground } from "../ground.ts";
import { foreignOf } from "../plan/make-plan.ts";
import type { WorkspacePlan } from "../plan/workspaces-plan.ts";
import { detailsOf } from "./old-details.ts";
import type { KnownPerson } from "./people.ts";

type Taken = Extract<WorkspacePlan, { fate: "take" }>;

export interface BroughtWorkspaces {
  /** New numbers by old ones, of all that are here. */
  readonly ids: Map<number, number>;
  readonly failed: { readonly oldId: number; readonly why: string }[];
}

/** Copies the workspaces, one after the other: each is here whole, or not at all. */
export async function bringWorkspaces(
  ground: Ground,
  context: TakingWorkspaces,
  plans: readonly WorkspacePlan[],
  people: ReadonlyMap<number, KnownPerson>,
): Promise<BroughtWorkspaces> {
  const brought: BroughtWorkspaces = { ids: new Map(), failed: [] };
  const coming = plans.filter((plan): plan is Taken => plan.fate === "take");
  for (const plan of plans) if (plan.fate === "here") brought.ids.set(plan.old.id, plan.newId);
  await sweep(ground, coming, people);
  for (const [index, plan] of coming.entries()) {
    ground.signal.throwIfAborted();
    const owner = people.get(plan.ownerId);
    if (!owner) continue;
    ground.say(`${index + 1} of ${coming.length}: workspace ${plan.old.id}, ${showBytes(plan.size.bytes)} …`);
    try {
      brought.ids.set(plan.old.id, await bringWorkspace(ground, context, plan, owner.id));
    } catch (error) {
      brought.failed.push({ oldId: plan.old.id, why: tellingFailure(error) });
    }
  }
  return brought;
}

/** What an import that was killed had not finished. Nobody else stages under this mark. */
async function sweep(
  ground: Ground,
  coming: readonly Taken[],
  people: ReadonlyMap<number, KnownPerson>,
): Promise<void> {
  const owners = new Set(coming.flatMap(({ ownerId }) => people.get(ownerId)?.id ?? []));
  const which = { mark: ground.stagingMark, olderThanMinutes: 0 };
  for (const id of owners) await ground.files.run(id, "sweepStaging", which, { signal: ground.signal });
}

async function bringWorkspace(
  ground: Ground,
  context: TakingWorkspaces,
  plan: Taken,
  ownerId: number,
): Promise<number> {
  const { old } = plan;
  const tree = await receive(ground, plan.parts, ownerId);
  try {
    const coming = {
      ownerId,
      name: nameOf(old.name, old.id),
      description: old.description,
      defaultJobType: old.defaultJobType,
      ...detailsOf(old.details),
      createdAt: old.createdAt,
      modifiedAt: old.modifiedAt ?? old.createdAt,
      lastJobLaunchAt: old.lastJobLaunchAt,
      sharePending: plan.sharePending,
    };
    const { source, by } = ground;
    const { id, aside } = await takeWorkspace(context, coming, tree, {
      source,
      by,
      oldId: old.id,
      keptId: plan.keptId,
    });
    if (aside !== null) ground.say(`A folder without a workspace stood in its place: now ${aside}.`);
    return id;
  } catch (error) {
    await ground.files.run(ownerId, "discardStaged", { names: [tree.name] }).catch(() => undefined);
    throw error;
  }
}

/** Copies a folder, and counts both sides after it. @throws StoaError conflict when they differ */
async function receive(
  ground: Ground,
  parts: readonly string[] | null,
  ownerId: number,
): Promise<Pick<ReceivedTree, "name" | "files" | "bytes">> {
  if (parts === null) {
    return { ...(await ground.files.run(ownerId, "stageWorkspace", { files: [] })), files: 0 };
  }
  const input = await sendForeign(foreignOf(ground, parts));
  const tree = await ground.files.run(ownerId, "receiveTree", null, { input, signal: ground.signal });
  const there = await measureForeign(foreignOf(ground, parts));
  if (tree.files === there.files && tree.bytes === there.bytes && tree.leftOut.changed === 0) return tree;
  await ground.files.run(ownerId, "discardStaged", { names: [tree.name] });
  const problem = `it changed while it was copied (${tree.files} files, ${tree.bytes} bytes came; ${there.files} files, ${there.bytes} bytes are there). Stop the old service, and import again`;
  throw new StoaError("conflict", { details: { problem } });
}

/** The next workspace may go well, but for a full disk or a database that is away. */
function tellingFailure(error: unknown): string {
  if (error instanceof StoaError && error.expected && error.code !== "disk_full") return error.message;
  if (!(error instanceof StoaError)) throw error;
  throw new StartError(
    `The import stopped: ${error.message}`,
    "What came so far is whole and stays. Mend it, and give the same command again: it goes on from here.",
    { cause: error },
  );
}

/** Ours has at least one sign, and at most 64. */
function nameOf(name: string, oldId: number): string {
  return [...name.trim()].slice(0, 64).join("") || `Workspace ${oldId}`;
}
