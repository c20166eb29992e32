import { publishChange, type WorkspaceContext } from "../context.ts";
import { wantScan } from "../queries.ts";
import type { TrashRow, WorkspacesTrx } from "../tables.ts";
import { attemptEntry, removeKept } from "./purge.ts";
import { revive } from "./revive.ts";
import { isInTrash } from "./trash-place.ts";

/**
 * Moves that no live request can still be about. Those of a node are settled before it serves: ends of
 * old entries, which may take long, are left to the tidying.
 */
export type Unsettled =
  | { readonly ofNode: string }
  | { readonly olderThanMinutes: number; readonly signal: AbortSignal };

/**
 * Settles moves to and from the trash that a killed server left half-way: the row becomes what the disk
 * says. A workspace's deletion is left to its operation, which repeats it. One that can't be settled holds
 * up no other.
 * @returns how many
 */
export async function settleTrash(context: WorkspaceContext, which: Unsettled): Promise<number> {
  const old = "ofNode" in which ? new Date() : new Date(Date.now() - which.olderThanMinutes * 60_000);
  const entries = await context.db
    .selectFrom("trash_entries")
    .selectAll()
    .where("state", "<>", "kept")
    .where("changed_at", "<=", old)
    .$if("ofNode" in which, (query) =>
      query.where("node_id", "=", "ofNode" in which ? which.ofNode : "").where("state", "<>", "purging"),
    )
    .where((where) => where.or([where("state", "<>", "moving"), where("kind", "<>", "workspace")]))
    // Those that failed before have a later time: they come last.
    .orderBy("changed_at")
    .orderBy("id")
    .limit(10_000)
    .execute();
  const signal = "signal" in which ? which.signal : new AbortController().signal;
  let count = 0;
  for (const entry of entries) {
    if (signal.aborted) break;
    if (await attemptEntry(context, entry, () => settle(context, entry, signal))) count += 1;
  }
  return count;
}

/** Makes the row of one say what the disk says. Safe to repeat, also beside a commit that nobody has heard of. */
export async function settle(context: WorkspaceContext, entry: TrashRow, signal: AbortSignal): Promise<void> {
  if (entry.state === "purging") return removeKept(context, entry, signal);
  const kept = await isInTrash(context, entry);
  await context.db.transaction().execute(async (trx) => {
    const held = await trx
      .selectFrom("trash_entries")
      .select("id")
      .where("id", "=", entry.id)
      .where("state", "=", entry.state)
      .forUpdate()
      .executeTakeFirst();
    if (held) await (kept ? keep(trx, entry) : drop(context, trx, entry));
  });
  if (!kept) await context.files.run(entry.owner_id, "clearEntry", { entry: entry.id });
}

async function keep(trx: WorkspacesTrx, entry: TrashRow): Promise<void> {
  await trx
    .updateTable("trash_entries")
    .set({ state: "kept", changed_at: new Date() })
    .where("id", "=", entry.id)
    .execute();
  await wantScan(trx, entry.workspace_id);
}

/** It never left its place, or is back there. */
async function drop(context: WorkspaceContext, trx: WorkspacesTrx, entry: TrashRow): Promise<void> {
  if (entry.kind === "workspace") {
    await publishChange(context, trx, await revive(trx, entry), "restored");
  } else {
    await trx.deleteFrom("trash_entries").where("id", "=", entry.id).execute();
    await wantScan(trx, entry.workspace_id);
  }
}
