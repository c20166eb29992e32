import { wantScan } from "../queries.ts";
import type { TrashRow, WorkspaceRow, WorkspacesTrx } from "../tables.ts";

/** The rows of a restored workspace, as they should be. */
export async function revive(trx: WorkspacesTrx, entry: TrashRow): Promise<WorkspaceRow> {
  await trx.deleteFrom("trash_entries").where("id", "=", entry.id).execute();
  await wantScan(trx, entry.workspace_id);
  return trx
    .updateTable("workspaces")
    .set({ deleted_at: null, status: "idle" })
    .where("id", "=", entry.workspace_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
