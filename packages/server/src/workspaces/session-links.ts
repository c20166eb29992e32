import type { Trx } from "../platform/database/database.ts";
import { publishChange, type WorkspaceContext } from "./context.ts";
import { isWritable, lockOwn, wantScan } from "./queries.ts";
import { refusePendingShare } from "./sharing/pending.ts";
import { type WorkspaceRow, widen } from "./tables.ts";

/** What the sessions domain needs of workspaces; each call is part of the caller's transaction. */
export interface SessionLinks {
  /**
   * Locks the workspace until the transaction ends, so that it can't be deleted while a session starts in it.
   * Null: not this owner's, not there, or being deleted.
   * @throws StoaError for a share that was not accepted, or whose files are still on their way
   */
  lockForStart(trx: Trx, ownerId: number, workspaceId: number): Promise<WorkspaceRow | null>;
  /** A session was asked for: `active`, and the time of the last launch. */
  markActive(trx: Trx, workspaceId: number): Promise<void>;
  /** The last session ended: `idle`, if it was `active`. */
  markIdle(trx: Trx, workspaceId: number): Promise<void>;
  /** A session may have changed the files: their names and size are looked at in the background. */
  requestRescan(trx: Trx, workspaceId: number): Promise<void>;
}

export function createSessionLinks(context: Pick<WorkspaceContext, "events">, wakeScans: () => void): SessionLinks {
  return {
    async lockForStart(trx, ownerId, workspaceId) {
      const row = await lockOwn(widen(trx), ownerId, workspaceId);
      if (isWritable(row)) return row;
      await refusePendingShare(widen(trx), ownerId, workspaceId);
      return null;
    },
    async markActive(trx, workspaceId) {
      const wide = widen(trx);
      const row = await wide
        .updateTable("workspaces")
        .set({ status: "active", last_job_launch_at: new Date() })
        .where("id", "=", workspaceId)
        .where("status", "in", ["initializing", "idle", "active", "error"])
        .returning(["id", "owner_id"])
        .executeTakeFirst();
      if (row) await publishChange(context, wide, row, "status");
    },
    async markIdle(trx, workspaceId) {
      const wide = widen(trx);
      const row = await wide
        .updateTable("workspaces")
        .set({ status: "idle" })
        .where("id", "=", workspaceId)
        .where("status", "=", "active")
        .returning(["id", "owner_id"])
        .executeTakeFirst();
      if (row) await publishChange(context, wide, row, "status");
    },
    async requestRescan(trx, workspaceId) {
      await wantScan(widen(trx), workspaceId);
      wakeScans();
    },
  };
}
