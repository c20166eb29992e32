import type { WorkspaceContext } from "../context.ts";
import { removeTree } from "../files/remove-tree.ts";
import type { TrashRow } from "../tables.ts";

const AT_ONCE = 1_000;

/**
 * Ends what has been in the trash for longer than `trash.retentionDays`.
 * @returns how many entries
 */
export async function purgeTrash(context: WorkspaceContext, signal: AbortSignal): Promise<number> {
  const until = new Date(Date.now() - context.config.trash.retentionDays * 86_400_000);
  const entries = await context.db
    .updateTable("trash_entries")
    .set({ state: "purging", changed_at: new Date(), node_id: context.config.nodeId })
    .where("id", "in", (query) =>
      query
        .selectFrom("trash_entries")
        .select("id")
        .where("state", "=", "kept")
        .where("deleted_at", "<", until)
        .orderBy("deleted_at")
        .limit(AT_ONCE),
    )
    .returningAll()
    .execute();
  let count = 0;
  for (const entry of entries) {
    // The rest is found by the next settling: its state says what was meant.
    if (signal.aborted) break;
    await removeKept(context, entry);
    count += 1;
  }
  return count;
}

/** Removes an entry's files, then its row. Of a workspace the row stays, emptied: jobs and audit name it. */
export async function removeKept(context: WorkspaceContext, entry: TrashRow): Promise<void> {
  await using trash = await context.directories.openTrash(entry.owner_id);
  await removeTree(trash, String(entry.id));
  await context.db.transaction().execute(async (trx) => {
    await trx.deleteFrom("trash_entries").where("id", "=", entry.id).execute();
    if (entry.kind !== "workspace") return;
    const empty = JSON.stringify({ files: [], symlinks: [] });
    await trx
      .updateTable("workspaces")
      .set({ request_details: empty, current_details: empty, disk_space: 0 })
      .where("id", "=", entry.workspace_id)
      .execute();
  });
}
