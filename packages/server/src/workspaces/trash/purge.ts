import type { WorkspaceContext } from "../context.ts";
import type { TrashRow } from "../tables.ts";

const AT_ONCE = 1_000;
/** What takes longer goes on at the next tidying, where it was left. */
const ENTRY_MS = 5 * 60_000;

/**
 * Ends what has been in the trash for longer than `trash.retentionDays`. An entry that can't be removed is
 * logged, left to a later settling, and holds up no other.
 * @returns how many entries
 */
export async function purgeTrash(context: WorkspaceContext, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (;;) {
    const entries = await claimExpired(context);
    for (const entry of entries) {
      // The rest is found by a settling: its state says what was meant.
      if (signal.aborted) return count;
      if (await attemptEntry(context, entry, () => removeKept(context, entry, signal))) count += 1;
    }
    if (entries.length < AT_ONCE) return count;
  }
}

/** Their state is asked for again of the rows themselves: what a restore has claimed meanwhile must stay. */
async function claimExpired(context: WorkspaceContext): Promise<TrashRow[]> {
  const until = new Date(Date.now() - context.config.trash.retentionDays * 86_400_000);
  return context.db
    .updateTable("trash_entries")
    .set({ state: "purging", changed_at: new Date(), node_id: context.config.nodeId })
    .where("id", "in", (query) =>
      query
        .selectFrom("trash_entries")
        .select("id")
        .where("state", "=", "kept")
        .where("deleted_at", "<=", until)
        .orderBy("deleted_at")
        .limit(AT_ONCE),
    )
    .where("state", "=", "kept")
    .returningAll()
    .execute();
}

/** Works on one entry; a failure is logged, and the entry goes to the end of the line. */
export async function attemptEntry(
  context: WorkspaceContext,
  entry: TrashRow,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const { id, owner_id: owner, state } = entry;
    context.log.error(
      { err: error, entry: id, owner, state },
      "an entry of the trash could not be settled; left for later",
    );
    await context.db.updateTable("trash_entries").set({ changed_at: new Date() }).where("id", "=", id).execute();
    return false;
  }
}

/** Removes an entry's files, then its row. Of a workspace the row stays, emptied: jobs and audit name it. */
export async function removeKept(context: WorkspaceContext, entry: TrashRow, signal: AbortSignal): Promise<void> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ENTRY_MS)]);
  await context.files.run(entry.owner_id, "purgeEntry", { entry: entry.id }, { signal: bounded });
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
