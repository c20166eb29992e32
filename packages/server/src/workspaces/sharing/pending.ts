import { refused } from "../contract/messages.ts";
import type { WorkspacesDb, WorkspacesTrx } from "../tables.ts";
import { refusals } from "./messages.ts";

/** Says of a share what it is to the receiver who takes it for a workspace already. @throws StoaError invalid */
export async function refusePendingShare(
  db: WorkspacesDb | WorkspacesTrx,
  ownerId: number,
  id: number | null,
): Promise<void> {
  if (id === null) return;
  const row = await db
    .selectFrom("workspaces")
    .select("id")
    .where("id", "=", id)
    .where("owner_id", "=", ownerId)
    .where("share_pending", "=", true)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (row) throw refused(refusals.notAccepted(id));
}

/**
 * Keeps an original while others may still accept it. One whose copy failed keeps nothing.
 * @param trx has locked the workspace, so that no share of it comes now
 * @throws StoaError invalid
 */
export async function refuseWhileShared(trx: WorkspacesTrx, id: number): Promise<void> {
  const row = await trx
    .selectFrom("workspace_shares")
    .select("id")
    .where("original_workspace_id", "=", id)
    .where("answer", "is", null)
    .where("copy_state", "<>", "failed")
    .limit(1)
    .executeTakeFirst();
  if (row) throw refused(refusals.hasPending(id));
}
