import type { OperationKind, OperationTrx } from "../platform/operations/contract.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "./context.ts";
import { refusals, refused } from "./contract/messages.ts";
import { lockOwn, setStatus } from "./queries.ts";
import { refusePendingShare, refuseWhileShared } from "./sharing/pending.ts";
import { widen } from "./tables.ts";
import { moveWorkspaceToTrash } from "./trash/trash-workspace.ts";

export const DELETE_KIND = "workspace.delete";

/**
 * Queues the deletion: the workspace takes no more files or sessions from now on, and goes to the trash.
 * Asked again while it is under way, it is the same deletion.
 * @returns false when the caller has no such workspace
 * @throws StoaError invalid while a session runs in it, or shares of it wait for an answer
 */
export async function queueDeletion(context: WorkspaceContext, caller: Caller, id: number): Promise<boolean> {
  return context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, caller.accountId, id);
    if (row === null) {
      await refusePendingShare(trx, caller.accountId, id);
      return false;
    }
    if (row.status === "active") throw refused(refusals.jobsRunning);
    if (row.status === "deleting") return true;
    await refuseWhileShared(trx, id);
    await setStatus(trx, id, "deleting");
    await recordWrite(context, trx, caller, "workspace.delete", row);
    await publishChange(context, trx, row, "deleting");
    await context.operations.enqueue(trx, {
      kind: DELETE_KIND,
      subject: { kind: "workspace", id: String(id) },
      actor: { accountId: caller.actor.accountId, label: caller.actor.label, by: caller.actor.by },
      audience: [row.owner_id],
      input: { workspace_id: id, name: row.name },
    });
    return true;
  });
}

/** How the operation runs: each step can be repeated after a crash at any point. */
export function deletionKind(context: WorkspaceContext): OperationKind {
  return {
    kind: DELETE_KIND,
    attempts: 5,
    heartbeatSeconds: 10,
    expireSeconds: 600,
    concurrency: 2,
    exclusive: true,
    async run(run) {
      const entry = await moveWorkspaceToTrash(context, run, Number(run.operation.subject.id));
      return entry === null ? {} : { trash_id: entry };
    },
    async settle(run) {
      await run.step("The deletion did not succeed; the workspace says so.", async (trx) => {
        await setDeletionError(context, trx, Number(run.operation.subject.id));
      });
    },
  };
}

async function setDeletionError(context: WorkspaceContext, trx: OperationTrx, id: number): Promise<void> {
  const wide = widen(trx);
  const row = await wide
    .updateTable("workspaces")
    .set({ status: "error" })
    .where("id", "=", id)
    .where("status", "=", "deleting")
    .where("deleted_at", "is", null)
    .returning(["id", "owner_id"])
    .executeTakeFirst();
  if (row) await publishChange(context, wide, row, "status");
}
