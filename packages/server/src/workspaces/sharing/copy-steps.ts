import type { Selectable } from "kysely";
import { publishChange } from "../context.ts";
import type { ReceivedTree } from "../files/receive-tree.ts";
import { wantScan } from "../queries.ts";
import type { WorkspacesTrx, WorkspaceTables } from "../tables.ts";
import { publishShare, type SharingContext } from "./context.ts";
import { tellOfFailure, tellOfOffer } from "./notices.ts";
import type { ShareRow } from "./tables.ts";

/** A share whose files are to be copied. */
export type CopyPlan = ShareRow & Pick<Selectable<WorkspaceTables["share_offers"]>, "name">;

/** Null when nobody waits for the copy any more: declined, cancelled, or thrown away by who accepted it already. */
export async function beginCopy(trx: WorkspacesTrx, id: number): Promise<CopyPlan | null> {
  const plan = await lockWanted(trx, id);
  if (plan === null) return null;
  // Tried again after it had failed.
  await trx
    .updateTable("workspace_shares")
    .set({ copy_state: "copying", failure: null })
    .where("id", "=", id)
    .execute();
  await trx.updateTable("workspaces").set({ status: "initializing" }).where("id", "=", id).execute();
  return plan;
}

/** Before the folder gets its name: from now on one of this name is ours. */
export async function noteWhole(trx: WorkspacesTrx, { id }: CopyPlan, tree: ReceivedTree): Promise<void> {
  const leftOut = Object.fromEntries(Object.entries(tree.leftOut).filter(([, count]) => count > 0));
  await trx
    .updateTable("workspace_shares")
    .set({ copied_files: tree.files, copied_bytes: tree.bytes, left_out: JSON.stringify(leftOut) })
    .where("id", "=", id)
    .execute();
}

/** Nothing of a copy is there any more: whatever its folder holds later is its owner's, and no retry may clear it. */
export async function noteNone(trx: WorkspacesTrx, id: number): Promise<void> {
  await trx
    .updateTable("workspace_shares")
    .set({ copied_files: null, copied_bytes: null, left_out: "{}" })
    .where("id", "=", id)
    .execute();
}

/** Gives the copy its place, and tells; the last thing before the commit is the rename. False: nobody wants it. */
export async function finishCopy(
  context: SharingContext,
  trx: WorkspacesTrx,
  plan: CopyPlan,
  tree: ReceivedTree,
): Promise<boolean> {
  const share = await lockWanted(trx, plan.id);
  if (share === null) return false;
  await trx
    .updateTable("workspace_shares")
    .set({ copy_state: "ready", ready_at: new Date() })
    .where("id", "=", share.id)
    .execute();
  await trx
    .updateTable("workspaces")
    .set({ status: "idle", disk_space: tree.bytes })
    .where("id", "=", share.id)
    .execute();
  await wantScan(trx, share.id);
  await publishShare(context, trx, share, "ready");
  const workspace = { id: share.id, owner_id: share.receiver_id };
  if (share.answer === "accepted") await publishChange(context, trx, workspace, "status");
  // Who accepted it while it was copied has nothing left to answer.
  if (share.answer === null) await tellOfOffer(context, trx, share);
  const named = await context.files.run(share.receiver_id, "nameWorkspace", { staged: tree.name, workspace: share.id });
  if (named.aside !== null) context.log.warn({ share: share.id, ...named }, "a folder stood in a share's place");
  return true;
}

/**
 * The copy will not be: says so to its sender, never to a receiver who has not accepted it.
 * @returns the share; null when nothing was to be done
 */
export async function settleCopy(
  context: SharingContext,
  trx: WorkspacesTrx,
  id: number,
  outcome: "failed" | "cancelled",
  failure: string,
): Promise<CopyPlan | null> {
  const share = await lockWanted(trx, id);
  if (share === null) return null;
  const ended = outcome === "cancelled" && share.answer === null;
  await trx
    .updateTable("workspace_shares")
    .set({
      copy_state: "failed",
      failure,
      ...(ended ? { answer: "cancelled" as const, answered_at: new Date() } : {}),
    })
    .where("id", "=", id)
    .execute();
  await trx
    .updateTable("workspaces")
    .set({ status: "error", ...(ended ? { deleted_at: new Date() } : {}) })
    .where("id", "=", id)
    .execute();
  await publishShare(context, trx, share, ended ? "cancelled" : "failed");
  if (share.answer === "accepted") {
    await publishChange(context, trx, { id, owner_id: share.receiver_id }, "status");
  }
  // A step that is repeated tells nobody again.
  if (!ended && share.copy_state !== "failed") await tellOfFailure(context, trx, share, failure);
  return share;
}

/** Locks the workspace first, then the share: whoever answers does the same. */
async function lockWanted(trx: WorkspacesTrx, id: number): Promise<CopyPlan | null> {
  const workspace = await trx
    .selectFrom("workspaces")
    .select(["status", "deleted_at"])
    .where("id", "=", id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!workspace || workspace.deleted_at !== null || workspace.status === "deleting") return null;
  const share = await trx
    .selectFrom("workspace_shares as share")
    .innerJoin("share_offers as offer", "offer.id", "share.offer_id")
    .selectAll("share")
    .select("offer.name")
    .where("share.id", "=", id)
    .forNoKeyUpdate("share")
    .executeTakeFirst();
  if (!share || share.answer === "declined" || share.answer === "cancelled" || share.copy_state === "ready")
    return null;
  return share;
}
