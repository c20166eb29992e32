import type { OperationRun } from "../../platform/operations/contract.ts";
import { publishChange, type WorkspaceContext } from "../context.ts";
import { type TrashRow, type WorkspacesTrx, widen } from "../tables.ts";
import { purgeAtOnce } from "./purge-at-once.ts";

/**
 * The steps of a workspace's deletion, each safe to repeat: a row in the trash, one rename of the folder, the
 * row settled. A download that runs goes on: it holds its file open.
 * @returns the trash entry's id; null when there is nothing left to do
 */
export async function moveWorkspaceToTrash(
  context: WorkspaceContext,
  run: OperationRun,
  workspaceId: number,
): Promise<number | null> {
  const entry = await run.step("Moving the workspace's folder to the trash.", (trx) =>
    beginEntry(context, widen(trx), workspaceId),
  );
  if (entry === null) return null;
  await context.files.run(entry.owner_id, "trashWorkspace", { workspace: workspaceId, entry: entry.id });
  await run.step("The workspace is in the trash and can be restored from there.", async (trx) => {
    await finish(context, widen(trx), entry);
  });
  return entry.id;
}

async function beginEntry(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  workspaceId: number,
): Promise<TrashRow | null> {
  const row = await trx
    .selectFrom("workspaces")
    .selectAll()
    .where("id", "=", workspaceId)
    .where("status", "=", "deleting")
    .where("deleted_at", "is", null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) return null;
  await trx
    .insertInto("trash_entries")
    .values({
      owner_id: row.owner_id,
      workspace_id: row.id,
      kind: "workspace",
      path: "",
      size: row.disk_space,
      state: "moving",
      node_id: context.config.nodeId,
    })
    .onConflict((conflict) => conflict.columns(["workspace_id"]).where("kind", "=", "workspace").doNothing())
    .execute();
  return trx
    .selectFrom("trash_entries")
    .selectAll()
    .where("workspace_id", "=", row.id)
    .where("kind", "=", "workspace")
    .executeTakeFirstOrThrow();
}

async function finish(context: WorkspaceContext, trx: WorkspacesTrx, entry: TrashRow): Promise<void> {
  const now = new Date();
  await trx
    .updateTable("trash_entries")
    .set({ state: "kept", changed_at: now })
    .where("id", "=", entry.id)
    .where("state", "=", "moving")
    .execute();
  const row = await trx
    .updateTable("workspaces")
    .set({ deleted_at: now })
    .where("id", "=", entry.workspace_id)
    .where("status", "=", "deleting")
    .where("deleted_at", "is", null)
    .returning(["id", "owner_id"])
    .executeTakeFirst();
  if (!row) return;
  await publishChange(context, trx, row, "deleted");
  await purgeAtOnce(context, trx, entry);
}
