import { StoaError } from "@stoa/server/platform/errors/stoa-error.ts";
import type { ImportedThing } from "@stoa/server/platform/imports/imported-things.ts";
import type { ForeignSize } from "@stoa/server/workspaces/files/foreign-tree.ts";
import type { OldShare, OldWorkspace } from "../source/old-rows.ts";
import type { PersonPlan } from "./people-plan.ts";

export type WorkspacePlan = { readonly old: OldWorkspace } & (
  | {
      readonly fate: "take";
      /** The old service's number of the owner. */
      readonly ownerId: number;
      readonly keptId: number | null;
      /** Below the old root; null: there is no folder, it comes empty. */
      readonly parts: readonly string[] | null;
      readonly size: ForeignSize;
      readonly sharePending: boolean;
      readonly notes: readonly string[];
    }
  | { readonly fate: "here"; readonly newId: number }
  | { readonly fate: "refuse"; readonly why: string }
);

export interface WorkspacesHere {
  readonly imported: ReadonlyMap<number, ImportedThing>;
  readonly keepable: ReadonlySet<number>;
  /** Old numbers of people who are here or come. */
  readonly people: ReadonlyMap<number, PersonPlan>;
  /** By the shared workspace. */
  readonly shares: ReadonlyMap<number, OldShare>;
  readonly emptyWhereMissing: boolean;
  /** What would come of a folder. @throws StoaError as `measureForeign` does */
  measure(parts: readonly string[]): Promise<ForeignSize>;
}

const NOTHING: ForeignSize = { files: 0, bytes: 0, leftOut: { links: 0, special: 0, deep: 0 } };

/** Decides about each workspace, in order of their numbers. Those that are here already are never touched. */
export async function planWorkspaces(old: readonly OldWorkspace[], here: WorkspacesHere): Promise<WorkspacePlan[]> {
  const plans: WorkspacePlan[] = [];
  for (const workspace of old) plans.push(await planWorkspace(workspace, here));
  return refuseOrphanedShares(plans, here);
}

async function planWorkspace(old: OldWorkspace, here: WorkspacesHere): Promise<WorkspacePlan> {
  const before = here.imported.get(old.id);
  if (before) return { old, fate: "here", newId: before.newId };
  const refusal = refuse(old, here);
  if (refusal !== null) return { old, fate: "refuse", why: refusal };
  const parts = partsOf(old.filePath);
  if (parts === null)
    return missing(old, here, `its folder is given as ${JSON.stringify(old.filePath)}, which is none`);
  try {
    return take(old, here, parts, await here.measure(parts));
  } catch (error) {
    if (!(error instanceof StoaError && error.expected)) throw error;
    if (error.code === "not_found") return missing(old, here, `its folder ${old.filePath} is not there`);
    return { old, fate: "refuse", why: `its folder ${old.filePath} can't be read: ${error.message}` };
  }
}

function refuse(old: OldWorkspace, { people }: WorkspacesHere): string | null {
  if (old.userId === null) return "it belongs to nobody";
  const owner = people.get(old.userId);
  if (!owner || owner.fate === "refuse") return `its owner ${owner?.old.username ?? old.userId} does not come`;
  if (old.status === "deleting") return "it was being deleted there";
  return null;
}

function missing(old: OldWorkspace, here: WorkspacesHere, why: string): WorkspacePlan {
  if (here.emptyWhereMissing) return take(old, here, null, NOTHING);
  return { old, fate: "refuse", why: `${why}. With --empty-where-missing it comes without files` };
}

function take(
  old: OldWorkspace,
  here: WorkspacesHere,
  parts: readonly string[] | null,
  size: ForeignSize,
): WorkspacePlan {
  const keptId = here.keepable.has(old.id) ? old.id : null;
  const sharePending = here.shares.get(old.id)?.accepted === false;
  const notes: string[] = [];
  if (keptId === null) notes.push(`the number ${old.id} is taken here: gets another`);
  if (parts === null) notes.push("comes without files");
  const { links, special, deep } = size.leftOut;
  if (links > 0) notes.push(`${links} links stay behind: they lead out of it, and not below STOA_SYMLINK_ROOTS`);
  if (special > 0) notes.push(`${special} sockets, pipes or devices stay behind`);
  if (deep > 0) notes.push(`${deep} folders stay behind: nested too deep`);
  return { old, fate: "take", ownerId: old.userId ?? 0, keptId, parts, size, sharePending, notes };
}

/** Somebody who has not answered yet must still see whose offer it is. */
function refuseOrphanedShares(plans: readonly WorkspacePlan[], here: WorkspacesHere): WorkspacePlan[] {
  const comes = new Set(plans.filter(({ fate }) => fate !== "refuse").map(({ old }) => old.id));
  return plans.map((plan) => {
    if (plan.fate !== "take" || !plan.sharePending) return plan;
    const originalId = here.shares.get(plan.old.id)?.originalId ?? null;
    if (originalId !== null && comes.has(originalId)) return plan;
    return { old: plan.old, fate: "refuse", why: "it is a share nobody accepted, and the original does not come" };
  });
}

/** The old service wrote `<user>/<number>`. Anything that leads elsewhere is not followed. */
function partsOf(filePath: string): string[] | null {
  const parts = filePath.split("/").filter((part) => part !== "");
  const isPath = parts.length > 0 && !filePath.startsWith("/") && !filePath.includes("\0");
  return isPath && !parts.some((part) => part === "." || part === "..") ? parts : null;
}
