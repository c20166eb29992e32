import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange } from "../context.ts";
import { refused } from "../contract/messages.ts";
import { requireRoom } from "../queries.ts";
import { storageFull, storageLeft } from "../storage-room/storage-room.ts";
import type { WorkspacesTrx } from "../tables.ts";
import { publishShare, recordShare, type SharingContext } from "./context.ts";
import { notPermitted, refusals, shareNotFound } from "./messages.ts";
import { tellOfAnswer } from "./notices.ts";
import { REMOVE_KIND, subjectOf } from "./remove-share.ts";
import type { ShareRow } from "./tables.ts";

type LockedShare = ShareRow & { readonly name: string; readonly disk_space: number };

/**
 * Makes a shared workspace its receiver's own; a repeated one changes nothing. While its files are still on their
 * way it is `initializing`.
 * @throws StoaError not_found for anybody but the receiver, conflict when they have as many as are allowed, disk_full
 * when their quota has no room for what is still on its way
 */
export async function acceptShare(context: SharingContext, caller: Caller, id: number): Promise<void> {
  // Before the transaction: asking in it may wait for a disk.
  const left = await storageLeft(context, caller.accountId);
  await context.db.transaction().execute(async (trx) => {
    const share = await lockShare(trx, id);
    if (share === null || !mayAccept(share, caller.accountId)) throw shareNotFound(id);
    if (share.answer === "accepted") return;
    // What has come already counts already.
    if (share.copy_state === "copying" && left !== null && share.disk_space > left) {
      throw await storageFull(context, caller.accountId, share.disk_space);
    }
    await requireRoom(trx, caller.accountId, context.config.limits.workspacesPerPerson);
    const now = new Date();
    await trx
      .updateTable("workspace_shares")
      .set({ answer: "accepted", answered_at: now })
      .where("id", "=", id)
      .execute();
    await trx
      .updateTable("workspaces")
      .set({ share_pending: false, created_at: now, modified_at: now })
      .where("id", "=", id)
      .execute();
    await recordShare(context, trx, caller, "share.accept", share);
    await tellOfAnswer(context, trx, share, { answer: "accepted", reason: null });
    await publishShare(context, trx, { ...share, answer: "accepted" }, "accepted");
    await publishChange(context, trx, { id, owner_id: share.receiver_id }, "created");
  });
}

/** What was declined, cancelled, or never came is not there for its receiver. */
function mayAccept(share: ShareRow, accountId: number): boolean {
  if (share.receiver_id !== accountId) return false;
  return share.answer === "accepted" || (share.answer === null && share.copy_state !== "failed");
}

/** Whose side somebody must be on to end a share. */
export type Side = "sender" | "receiver" | "either";

/**
 * Ends a share that was not accepted: its receiver declines, its sender cancels. The copy is removed in the background.
 * @param reason the receiver's, for the sender to read
 * @throws StoaError not_found, forbidden (contract 3 tells the two apart), invalid once it was accepted
 */
export async function endShare(
  context: SharingContext,
  caller: Caller,
  id: number,
  { side, reason = null }: { readonly side: Side; readonly reason?: string | null },
): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const share = await lockShare(trx, id);
    if (share === null || share.answer === "declined" || share.answer === "cancelled") throw shareNotFound(id);
    const own = sideOf(share, caller.accountId);
    if (side !== "either" && own !== side) throw shareNotFound(id);
    if (own === null) throw notPermitted(id);
    if (share.answer === "accepted") throw refused(refusals.alreadyAccepted(id));
    const answer = own === "sender" ? "cancelled" : "declined";
    const now = new Date();
    await trx
      .updateTable("workspace_shares")
      .set({ answer, answer_reason: own === "receiver" ? reason : null, answered_at: now })
      .where("id", "=", id)
      .execute();
    await trx.updateTable("workspaces").set({ deleted_at: now }).where("id", "=", id).execute();
    await endCopy(context, trx, caller, share);
    await recordShare(context, trx, caller, "share.delete", share, { answer, reason });
    if (answer === "declined") await tellOfAnswer(context, trx, share, { answer, reason });
    await publishShare(context, trx, { ...share, answer }, answer);
  });
}

export function sideOf(share: Pick<ShareRow, "sender_id" | "receiver_id">, accountId: number) {
  if (share.sender_id === accountId) return "sender";
  return share.receiver_id === accountId ? "receiver" : null;
}

/** Stops a copy under way, and has removed after it what is there. */
async function endCopy(context: SharingContext, trx: WorkspacesTrx, caller: Caller, share: ShareRow): Promise<void> {
  const { accountId, label, by } = caller.actor;
  if (share.copy_state === "copying" && share.operation_id !== null) {
    await context.operations.requestCancel(trx, share.operation_id, caller.actor).catch((error: unknown) => {
      // It ends at this very moment: it finds that nobody wants what it copied.
      if (!(error instanceof StoaError && error.code === "conflict")) throw error;
    });
  }
  await context.operations.enqueue(trx, {
    kind: REMOVE_KIND,
    subject: subjectOf(share.id),
    actor: { accountId, label, by },
    input: { share_id: share.id, receiver_id: share.receiver_id },
  });
}

/** Locks the shared workspace first, then the share: the copying does the same. */
async function lockShare(trx: WorkspacesTrx, id: number): Promise<LockedShare | null> {
  await trx.selectFrom("workspaces").select("id").where("id", "=", id).forNoKeyUpdate().executeTakeFirst();
  const share = await trx
    .selectFrom("workspace_shares as share")
    .innerJoin("share_offers as offer", "offer.id", "share.offer_id")
    .selectAll("share")
    .select(["offer.name", "offer.disk_space"])
    .where("share.id", "=", id)
    .forNoKeyUpdate("share")
    .executeTakeFirst();
  return share ?? null;
}
