import { takeShare } from "@stoa/server/workspaces/import/take-share.ts";
import type { TakingWorkspaces } from "@stoa/server/workspaces/import/taking.ts";
import type { Ground } from "../ground.ts";
import type { SharePlan } from "../plan/shares-plan.ts";
import { detailsOf } from "./old-details.ts";
import type { KnownPerson } from "./people.ts";

/** Writes down who shared what with whom, where both workspaces are here. @returns how many */
export async function bringShares(
  ground: Ground,
  context: TakingWorkspaces,
  plans: readonly SharePlan[],
  known: { readonly people: ReadonlyMap<number, KnownPerson>; readonly workspaces: ReadonlyMap<number, number> },
): Promise<number> {
  let count = 0;
  for (const plan of plans) {
    ground.signal.throwIfAborted();
    if (plan.fate !== "take") continue;
    const [original, shared] = [plan.original.old, plan.shared.old];
    const [originalId, sharedId] = [known.workspaces.get(original.id), known.workspaces.get(shared.id)];
    const [sender, receiver] = [known.people.get(original.userId ?? 0), known.people.get(shared.userId ?? 0)];
    if (originalId === undefined || sharedId === undefined || !sender || !receiver) continue;
    const coming = {
      originalId,
      sharedId,
      senderId: sender.id,
      receiverId: receiver.id,
      name: shared.name || original.name,
      description: shared.description,
      ...detailsOf(shared.details),
      diskSpace: plan.shared.fate === "take" ? plan.shared.size.bytes : 0,
      lastJobType: plan.old.lastJobType,
      lastResourceOptions: plan.old.lastResourceOptions,
      accepted: plan.old.accepted,
      createdAt: plan.old.createdAt ?? shared.createdAt,
      // The old service set it anew when the share was accepted.
      acceptedAt: plan.old.accepted ? shared.createdAt : null,
    };
    await takeShare(context, coming, { source: ground.source, oldId: plan.old.id, by: ground.by });
    count += 1;
  }
  return count;
}
