import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { type ArchiveLimits, TOO_MUCH } from "../files/archive-rules.ts";
import type { Conflicts } from "../files/place-name.ts";
import type { Unpacked } from "../files/unpack-commands.ts";
import { requireOwn } from "../files-api/find-workspace.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import { requireStorage, storageFull, storageLeft } from "../storage-room/storage-room.ts";
import type { WorkspacesTrx } from "../tables.ts";
import { transactAs } from "../transact-as.ts";
import { noWorkspace } from "../trash/trash-file.ts";
import { discardUpload, isFinal } from "./finish-file.ts";
import type { UploadRow } from "./tables.ts";
import { callerOfRow, changeState, deleteUpload, insertUpload, stagedName } from "./upload-rows.ts";

export interface WantedTree {
  readonly workspaceId: number;
  /** The folder that it is merged into; made when absent. */
  readonly parts: readonly string[];
  readonly conflicts: Conflicts;
  /** A tar archive. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Bytes of it; null when nobody says. */
  readonly bytes: number | null;
}

/** A transaction, plain or an operation's. */
export type Transact = (work: (trx: WorkspacesTrx) => Promise<void>) => Promise<void>;

/**
 * Receives files and folders of any number in one stream. They are all in their places when it returns, or none is.
 * @throws StoaError not_found (workspace), unprocessable (what is in the archive), conflict, disk_full; what the input throws
 */
export async function receiveTree(context: WorkspaceContext, caller: Caller, wanted: WantedTree): Promise<Unpacked> {
  await requireOwn(context, caller.accountId, wanted.workspaceId);
  const { uploadBytes } = context.config.limits;
  const most: ArchiveLimits = { ...limitsOf(context), bytes: uploadBytes, ratio: null };
  const left = await storageLeft(context, caller.accountId);
  await requireStorage(context, caller.accountId, wanted.bytes);
  const row = await insertUpload(context, caller, { ...wanted, length: null });
  try {
    const unpacked = await withinStorage(context, caller.accountId, { most, left }, (limits) => {
      const question = { name: stagedName(row), limits };
      return context.files.run(caller.accountId, "receiveTar", question, { input: wanted.input });
    });
    await finishTree(context, row, unpacked, (work) => transactAs(context, row.owner_id, work));
    return unpacked;
  } catch (error) {
    await forgetTree(context, row, error);
    throw error;
  }
}

/**
 * Takes no more out of an archive than its owner has room for: what is in it shows only on the way.
 * @param left bytes; null: as much as the limits allow
 * @throws StorageFull, and what the work throws
 */
export async function withinStorage<T>(
  context: WorkspaceContext,
  accountId: number,
  { most, left }: { readonly most: ArchiveLimits; readonly left: number | null },
  work: (limits: ArchiveLimits) => Promise<T>,
): Promise<T> {
  if (left === null || left >= most.bytes) return work(most);
  return work({ ...most, bytes: Math.max(0, left) }).catch(async (error: unknown) => {
    const isTooMuch = error instanceof StoaError && error.details.reason === TOO_MUCH;
    throw isTooMuch ? await storageFull(context, accountId, null) : error;
  });
}

export function limitsOf({ config }: Pick<WorkspaceContext, "config">): ArchiveLimits {
  const { archiveEntries, archiveBytes, archiveRatio, archiveDepth, archivePathBytes } = config.limits;
  return {
    entries: archiveEntries,
    bytes: archiveBytes,
    ratio: archiveRatio,
    depth: archiveDepth,
    pathBytes: archivePathBytes,
  };
}

/**
 * Merges a staged tree into its folder, in the transaction that tells of it. The row says beforehand that this is
 * going on, so that after a kill the rest follows.
 * @param unpacked what is in it; null when an earlier attempt has said so already
 * @throws StoaError not_found (workspace), conflict, disk_full
 */
export async function finishTree(
  context: WorkspaceContext,
  row: UploadRow,
  unpacked: Unpacked | null,
  transact: Transact,
): Promise<void> {
  if (unpacked !== null) {
    const change = { state: "placing", received: unpacked.bytes, metadata: JSON.stringify(unpacked) } as const;
    if ((await changeState(context.db, row.id, "receiving", change)) === null)
      throw new StoaError("gone", { details: { what: "upload" } });
  }
  const counts = unpacked ?? (JSON.parse(row.metadata) as Unpacked);
  await transact(async (trx) => {
    const workspace = await lockOwn(trx, row.owner_id, row.workspace_id);
    if (!isWritable(workspace)) throw noWorkspace();
    if (!(await isStillThere(trx, row.id))) return;
    const action = row.operation_id === null ? "workspace.upload" : "workspace.archive.unpack";
    const details = { files: counts.files, bytes: counts.bytes, into: row.path, on_conflict: row.on_conflict };
    await recordWrite(context, trx, callerOfRow(row), action, workspace, details);
    await publishChange(context, trx, workspace, "files");
    await wantScan(trx, workspace.id);
    await trx.updateTable("workspaces").set({ modified_at: new Date() }).where("id", "=", workspace.id).execute();
    await deleteUpload(trx, row.id);
    await context.files.run(row.owner_id, "placeTree", {
      name: stagedName(row),
      workspace: workspace.id,
      parts: row.path === "" ? [] : row.path.split("/"),
      conflicts: row.on_conflict,
      // Nobody waits for it any more: what its owner has edited since is the later word.
      ...(unpacked === null ? { keepNewerThan: row.changed_at.getTime() } : {}),
    });
  });
}

/** Somebody else may have settled it while we waited for the workspace. */
async function isStillThere(trx: WorkspacesTrx, id: string): Promise<boolean> {
  const row = await trx.selectFrom("uploads").select("id").where("id", "=", id).forUpdate().executeTakeFirst();
  return row !== undefined;
}

/** After a refusal nothing stays; after a failure in the midst of placing, what settles uploads goes on. */
export async function forgetTree(context: WorkspaceContext, row: UploadRow, error: unknown): Promise<void> {
  const now = await context.db
    .selectFrom("uploads")
    .selectAll()
    .where("id", "=", row.id)
    .executeTakeFirst()
    .catch(() => row);
  if (now === undefined || (now.state === "placing" && !isFinal(error))) return;
  await discardUpload(context, row);
  await deleteUpload(context.db, row.id).catch((failure: unknown) => {
    context.log.warn({ err: failure, upload: row.id }, "the row of a refused upload stays until the next sweep");
  });
}
