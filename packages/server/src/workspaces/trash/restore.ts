import { isConnectionLoss } from "../../platform/database/connection-loss.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { lockOwn, requireRoom, wantScan } from "../queries.ts";
import type { TrashRow, WorkspacesTrx } from "../tables.ts";
import { transactAs } from "../transact-as.ts";
import { revive } from "./revive.ts";
import { settleSoon } from "./settle-soon.ts";
import { isInTrash, keptName } from "./trash-place.ts";

export interface Restored {
  readonly workspace_id: number;
  /** Where it is now: another name when its own was taken. Empty for a workspace. */
  readonly path: string;
}

/**
 * Brings an entry back: a file or folder to its place under a free name (missing folders are made), a
 * workspace to its owner's list.
 * @throws StoaError not_found; conflict (its workspace is itself in the trash, or another call restores it)
 */
export async function restore(context: WorkspaceContext, caller: Caller, entryId: number): Promise<Restored> {
  const entry = await claim(context, caller.accountId, entryId).catch((error: unknown) => {
    // Claimed or not: nobody heard.
    if (isConnectionLoss(error)) settleSoon(context, { id: entryId, owner_id: caller.accountId });
    throw error;
  });
  try {
    const restored = await transactAs(context, entry.owner_id, (trx) =>
      entry.kind === "workspace"
        ? restoreWorkspace(context, trx, caller, entry)
        : restoreFile(context, trx, caller, entry),
    );
    // Restored it is: what is left is an empty folder.
    await context.files
      .run(entry.owner_id, "clearEntry", { entry: entry.id })
      .catch((failure: unknown) => noteLeft(context, entry, failure));
    return restored;
  } catch (error) {
    if (isConnectionLoss(error)) settleSoon(context, entry);
    else await unclaim(context, entry).catch((failure: unknown) => noteLeft(context, entry, failure));
    throw error;
  }
}

async function claim(context: WorkspaceContext, ownerId: number, entryId: number): Promise<TrashRow> {
  const entry = await context.db
    .updateTable("trash_entries")
    .set({ state: "restoring", changed_at: new Date(), node_id: context.config.nodeId })
    .where("id", "=", entryId)
    .where("owner_id", "=", ownerId)
    .where("state", "=", "kept")
    .returningAll()
    .executeTakeFirst();
  if (!entry) throw new StoaError("not_found", { details: { what: "entry in the trash" } });
  return entry;
}

/**
 * Only what is still in the trash is kept there. The move comes before the commit: when that fails, the thing may be
 * out already, and the next settling makes the row say so.
 */
async function unclaim(context: WorkspaceContext, entry: TrashRow): Promise<void> {
  if (!(await isInTrash(context, entry))) return;
  await context.db
    .updateTable("trash_entries")
    .set({ state: "kept", changed_at: new Date() })
    .where("id", "=", entry.id)
    .where("state", "=", "restoring")
    .execute();
}

function noteLeft(context: WorkspaceContext, entry: TrashRow, failure: unknown): void {
  context.log.warn({ err: failure, entry: entry.id }, "a restore's entry in the trash stays until the next settling");
}

async function restoreFile(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  caller: Caller,
  entry: TrashRow,
): Promise<Restored> {
  const row = await lockOwn(trx, entry.owner_id, entry.workspace_id);
  if (row === null || row.status === "deleting") throw workspaceGone();
  await trx.deleteFrom("trash_entries").where("id", "=", entry.id).execute();
  await wantScan(trx, row.id);
  await recordWrite(context, trx, caller, "workspace.file.restore", row, { path: entry.path });
  await publishChange(context, trx, row, "files");
  const into = entry.path.split("/").slice(0, -1);
  const question = { entry: entry.id, name: keptName(entry), workspace: row.id, into };
  const { name } = await context.files.run(entry.owner_id, "restoreFile", question);
  return { workspace_id: row.id, path: [...into, name].join("/") };
}

function workspaceGone(): StoaError {
  return new StoaError("conflict", {
    details: {
      problem: "The workspace it was in has been deleted. Restore the workspace first",
      reason: "workspace_in_trash",
    },
  });
}

async function restoreWorkspace(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  caller: Caller,
  entry: TrashRow,
): Promise<Restored> {
  await requireRoom(trx, entry.owner_id, context.config.limits.workspacesPerPerson);
  const row = await revive(trx, entry);
  await recordWrite(context, trx, caller, "workspace.restore", row);
  await publishChange(context, trx, row, "restored");
  await context.files.run(entry.owner_id, "restoreWorkspace", { entry: entry.id, workspace: row.id });
  return { workspace_id: row.id, path: "" };
}
