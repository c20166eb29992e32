import type { Caller } from "../context.ts";
import { notFoundForUser } from "../contract/messages.ts";
import { isShown } from "../details/shown-names.ts";
import { findOwn, isWritable, lockOwn } from "../queries.ts";
import type { RequestDetails, WorkspaceRow, WorkspacesTrx } from "../tables.ts";
import { type LastJob, publishShare, recordShare, type SharingContext } from "./context.ts";
import { COPY_KIND } from "./copy-share.ts";
import type { Receiver } from "./receivers.ts";
import { subjectOf } from "./remove-share.ts";
import { requireRoomToShare } from "./share-room.ts";

/** The caller's workspace, as it can be shared. @throws StoaError not_found in the contract's words */
export async function requireShareable(
  context: SharingContext,
  senderId: number,
  id: number | null,
  shownId: string | number,
): Promise<WorkspaceRow> {
  const row = id === null ? null : await findOwn(context.db, senderId, id);
  if (!isWritable(row)) throw notFoundForUser(shownId);
  return row;
}

/**
 * Offers a copy to each receiver: rows, audit entries, events and the copying, all or nothing. The files are copied
 * in the background.
 * @returns the shared workspaces' ids, in the receivers' order
 * @throws StoaError not_found; too_large, conflict and rate_limited with the figures
 */
export async function shareWorkspace(
  context: SharingContext,
  caller: Caller,
  workspaceId: number,
  receivers: readonly Receiver[],
): Promise<number[]> {
  if (receivers.length === 0) return [];
  const lastJob = await context.lastJob(workspaceId);
  return context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, caller.accountId, workspaceId);
    if (!isWritable(row)) throw notFoundForUser(workspaceId);
    await requireRoomToShare(trx, { row, receivers, limit: context.config.limits.shareBytes });
    const offerId = await insertOffer(trx, row, lastJob);
    const ids = await insertCopies(trx, row, receivers);
    for (const [index, receiver] of receivers.entries()) {
      await offer(context, trx, caller, { row, offerId, receiver, id: ids[index] ?? 0 });
    }
    return ids;
  });
}

async function insertOffer(trx: WorkspacesTrx, row: WorkspaceRow, lastJob: LastJob | null): Promise<number> {
  const { id } = await trx
    .insertInto("share_offers")
    .values({
      original_workspace_id: row.id,
      sender_id: row.owner_id,
      name: row.name,
      description: row.description,
      request_details: JSON.stringify(withoutHidden(row.request_details)),
      current_details: JSON.stringify(row.current_details),
      disk_space: row.disk_space,
      last_job_type: lastJob?.jobType ?? null,
      last_resource_options: JSON.stringify(lastJob?.options ?? {}),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Dot files are not copied, so their names are not told either. */
function withoutHidden({ files, symlinks }: RequestDetails): RequestDetails {
  const shown = ({ name }: { readonly name?: string }) => isShown((name ?? "").split("/").filter(Boolean));
  return { files: files.filter(shown), symlinks: symlinks.filter(shown) };
}

/**
 * The receivers' workspaces: theirs to see once they accept. Each row locks its owner's account, so they come in the
 * accounts' order, as all who lock several take them.
 */
async function insertCopies(trx: WorkspacesTrx, row: WorkspaceRow, receivers: readonly Receiver[]): Promise<number[]> {
  const made = await trx
    .insertInto("workspaces")
    .values(
      receivers
        .toSorted((one, other) => one.id - other.id)
        .map(({ id }) => ({
          owner_id: id,
          name: row.name,
          description: row.description,
          default_job_type: row.default_job_type,
          status: "initializing" as const,
          request_details: JSON.stringify(withoutHidden(row.request_details)),
          current_details: JSON.stringify(row.current_details),
          disk_space: 0,
          // Counted while it is copied.
          scan_wanted: 1,
          scan_done: 1,
          share_pending: true,
        })),
    )
    .returning(["id", "owner_id"])
    .execute();
  const byOwner = new Map(made.map(({ id, owner_id }) => [owner_id, id]));
  return receivers.map(({ id }) => byOwner.get(id) ?? 0);
}

async function offer(
  context: SharingContext,
  trx: WorkspacesTrx,
  caller: Caller,
  { row, offerId, receiver, id }: { row: WorkspaceRow; offerId: number; receiver: Receiver; id: number },
): Promise<void> {
  const { accountId, label, by: impersonator } = caller.actor;
  const operation = await context.operations.enqueue(trx, {
    kind: COPY_KIND,
    subject: subjectOf(id),
    actor: { accountId, label, by: impersonator },
    input: { share_id: id, workspace_id: row.id, name: row.name },
  });
  const share = { id, sender_id: row.owner_id, receiver_id: receiver.id };
  await trx
    .insertInto("workspace_shares")
    .values({
      ...share,
      offer_id: offerId,
      original_workspace_id: row.id,
      group_id: receiver.groupId,
      operation_id: operation.id,
    })
    .execute();
  const by = { original_workspace_id: row.id, group_id: receiver.groupId };
  await recordShare(context, trx, caller, "share.create", { ...share, name: row.name }, by);
  await publishShare(context, trx, { ...share, answer: null }, "created");
}
