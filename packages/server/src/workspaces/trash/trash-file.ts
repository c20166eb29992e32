import { isConnectionLoss } from "../../platform/database/connection-loss.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { PathRefused } from "../files/file-names.ts";
import { findOwn, isWritable, lockOwn, wantScan } from "../queries.ts";
import type { TrashRow, WorkspacesTrx } from "../tables.ts";
import { transactAs } from "../transact-as.ts";
import { purgeAtOnce } from "./purge-at-once.ts";
import { settleSoon } from "./settle-soon.ts";
import { isInTrash } from "./trash-place.ts";

/**
 * Moves a file, folder or link to the trash. The entry's row is there before the move and settled after it:
 * killed in between, the next start finds the row and looks which side the thing is on.
 * @throws StoaError invalid (the root itself), not_found (workspace or path), conflict (permissions, a link in the way)
 */
export async function moveToTrash(
  context: WorkspaceContext,
  caller: Caller,
  workspaceId: number,
  parts: readonly string[],
): Promise<TrashRow> {
  if (parts.length === 0) throw new PathRefused("/", "empty");
  const row = await findOwn(context.db, caller.accountId, workspaceId);
  if (!isWritable(row)) throw noWorkspace();
  const entry = await beginEntry(context, caller.accountId, workspaceId, parts);
  try {
    return await keep(context, caller, entry, parts);
  } catch (error) {
    await forgetUnmoved(context, entry, error);
    throw error;
  }
}

/**
 * Makes the row of what is about to be moved to the trash, in a transaction of its own.
 * @throws StoaError not_found, conflict (a link on the way)
 */
export async function beginEntry(
  context: WorkspaceContext,
  ownerId: number,
  workspaceId: number,
  parts: readonly string[],
): Promise<TrashRow> {
  const found = await look(context, ownerId, workspaceId, parts);
  return context.db
    .insertInto("trash_entries")
    .values({
      ...found,
      owner_id: ownerId,
      workspace_id: workspaceId,
      path: parts.join("/"),
      state: "moving",
      node_id: context.config.nodeId,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Settles the row of what is in the trash when the transaction commits. */
export async function keepEntry(context: WorkspaceContext, trx: WorkspacesTrx, entry: TrashRow): Promise<TrashRow> {
  const kept = await trx
    .updateTable("trash_entries")
    .set({ state: "kept", changed_at: new Date() })
    .where("id", "=", entry.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await purgeAtOnce(context, trx, kept);
  return kept;
}

/**
 * A refusal moved nothing, and needs no entry. But the rename comes before the commit: when that fails, the entry is
 * the only thing that knows of the file, and is settled. Where it can't be told, it is looked for once the database is
 * back.
 */
export async function forgetUnmoved(context: WorkspaceContext, entry: TrashRow, error: unknown): Promise<void> {
  if (isConnectionLoss(error)) return settleSoon(context, entry);
  try {
    if (await isInTrash(context, entry)) return settleSoon(context, entry);
    await context.db.deleteFrom("trash_entries").where("id", "=", entry.id).where("state", "=", "moving").execute();
  } catch (failure) {
    context.log.warn({ err: failure, entry: entry.id }, "a refused deletion's entry stays until the next settling");
  }
}

async function keep(
  context: WorkspaceContext,
  caller: Caller,
  entry: TrashRow,
  parts: readonly string[],
): Promise<TrashRow> {
  const { workspace_id: workspaceId } = entry;
  return transactAs(context, entry.owner_id, async (trx) => {
    const locked = await lockOwn(trx, caller.accountId, workspaceId);
    if (!isWritable(locked)) throw noWorkspace();
    await wantScan(trx, workspaceId);
    await recordWrite(context, trx, caller, "workspace.file.delete", locked, { path: entry.path, kind: entry.kind });
    await publishChange(context, trx, locked, "files");
    const kept = await keepEntry(context, trx, entry);
    await context.files.run(entry.owner_id, "trashFile", { workspace: workspaceId, parts, entry: entry.id });
    return kept;
  });
}

export function noWorkspace(): StoaError {
  return new StoaError("not_found", { details: { what: "workspace" } });
}

async function look(
  context: WorkspaceContext,
  ownerId: number,
  workspace: number,
  parts: readonly string[],
): Promise<Pick<TrashRow, "kind" | "size">> {
  const { type, size } = await context.files.run(ownerId, "describeEntry", { workspace, parts });
  return { kind: type, size: type === "file" ? Math.min(size, Number.MAX_SAFE_INTEGER) : null };
}
