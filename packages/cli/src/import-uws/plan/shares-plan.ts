import type { ImportedThing } from "@stoa/server/platform/imports/imported-things.ts";
import type { OldShare } from "../source/old-rows.ts";
import type { PersonPlan } from "./people-plan.ts";
import type { WorkspacePlan } from "./workspaces-plan.ts";

export type SharePlan = { readonly old: OldShare } & (
  | { readonly fate: "take"; readonly original: WorkspacePlan; readonly shared: WorkspacePlan }
  | { readonly fate: "here" }
  /** The files come with the workspace; only who sent them is not kept. */
  | { readonly fate: "refuse"; readonly why: string }
);

/** Decides about shares, given what becomes of the workspaces. */
export function planShares(
  old: readonly OldShare[],
  imported: ReadonlyMap<number, ImportedThing>,
  workspaces: readonly WorkspacePlan[],
  people: ReadonlyMap<number, PersonPlan>,
): SharePlan[] {
  const byId = new Map(workspaces.map((plan) => [plan.old.id, plan]));
  const taken = new Set<number>();
  return old.map((share) => {
    if (imported.has(share.id)) return { old: share, fate: "here" };
    const original = byId.get(share.originalId ?? 0);
    const shared = byId.get(share.sharedId);
    const why = refuse(original, shared, people) ?? (taken.has(share.sharedId) ? "it is there twice" : null);
    if (why !== null || !original || !shared) return { old: share, fate: "refuse", why: why ?? "" };
    taken.add(share.sharedId);
    return { old: share, fate: "take", original, shared };
  });
}

function refuse(
  original: WorkspacePlan | undefined,
  shared: WorkspacePlan | undefined,
  people: ReadonlyMap<number, PersonPlan>,
): string | null {
  if (!shared || shared.fate === "refuse") return "the shared workspace does not come";
  if (!original || original.fate === "refuse") return "the original workspace does not come";
  const [sender, receiver] = [original, shared].map(({ old }) => people.get(old.userId ?? 0));
  if (sender && receiver && accountOf(sender) === accountOf(receiver)) return "sender and receiver are the same person";
  return null;
}

/** Two people of the old service may be linked to one account here. */
function accountOf(plan: PersonPlan): string {
  return plan.fate === "link" || plan.fate === "here" ? `here ${plan.account.id}` : `there ${plan.old.id}`;
}
