import { randomUUID } from "node:crypto";
import { isConnectionLoss } from "../../platform/database/connection-loss.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import type { FileWork } from "../file-work/contract.ts";
import type { EntryPlace } from "../files/move-entry.ts";
import type { ReadPlace } from "../files/open-snapshot.ts";
import { beginReplacing } from "../files-api/move-entry.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import type { WorkspaceRow, WorkspacesTrx } from "../tables.ts";
import { transactAs } from "../transact-as.ts";
import { forgetUnmoved, keepEntry, noWorkspace } from "../trash/trash-file.ts";
import type { RestoreConflicts } from "./schema.ts";

export interface Restoring {
  readonly workspace: number;
  readonly parts: readonly string[];
  /** The snapshot's name. */
  readonly asOf: string;
  readonly conflicts: RestoreConflicts;
}

/**
 * Brings one file or folder back as it was: copied out of sight first, then named in one step. Killed before that step
 * it has left nothing but what the next start clears away.
 * @param past work that gives up on a snapshot that hangs
 * @returns where it is now
 * @throws StoaError not_found, conflict (a file or link in the place of a folder, nothing that can be copied), disk_full
 */
export async function restoreOne(
  context: WorkspaceContext,
  past: FileWork,
  caller: Caller,
  what: Restoring,
): Promise<string> {
  const { workspace, parts, asOf } = what;
  const { accountId } = caller;
  const from: ReadPlace = { workspace, parts, asOf };
  const name = `${context.directories.stagingMark}-restore-${randomUUID()}`;
  try {
    await past.run(accountId, "stageCopy", { from, name, keepTimes: true });
    return await (what.conflicts === "replace" ? replace : keepBoth)(context, caller, what, name);
  } finally {
    await context.files.run(accountId, "discardCopy", { name }).catch((error: unknown) => {
      context.log.warn({ err: error, accountId, name }, "what is left of a restored copy stays until the next sweep");
    });
  }
}

async function keepBoth(context: WorkspaceContext, caller: Caller, what: Restoring, name: string): Promise<string> {
  const { accountId } = caller;
  const folder = what.parts.slice(0, -1);
  let to: EntryPlace = { workspace: what.workspace, parts: what.parts };
  try {
    await transactAs(context, accountId, async (trx) => {
      const row = await lockWritable(trx, caller, what);
      const placed = await context.files.run(accountId, "placeBeside", { name, to });
      to = { ...to, parts: [...folder, placed.name] };
      const as = to.parts.join("/");
      await note(context, trx, caller, what, row, as === what.parts.join("/") ? {} : { restored_as: as });
    });
  } catch (error) {
    await undo(context, accountId, { name, to, replaced: null }, error);
    throw error;
  }
  return to.parts.join("/");
}

/** What is there goes to the trash in the same step, and stays where it is when the step fails. */
async function replace(context: WorkspaceContext, caller: Caller, what: Restoring, name: string): Promise<string> {
  const { accountId } = caller;
  const to: EntryPlace = { workspace: what.workspace, parts: what.parts };
  const replaced = await beginReplacing(context, accountId, to);
  const placing = { name, to, replaced: replaced?.id ?? null };
  try {
    await transactAs(context, accountId, async (trx) => {
      const row = await lockWritable(trx, caller, what);
      await note(context, trx, caller, what, row, replaced ? { replaced: replaced.id } : {});
      if (replaced) await keepEntry(context, trx, replaced);
      await context.files.run(accountId, "placeCopy", placing);
    });
  } catch (error) {
    await undo(context, accountId, placing, error);
    if (replaced) await forgetUnmoved(context, replaced, error);
    throw error;
  }
  return what.parts.join("/");
}

/** The name is given before the commit. Where nobody knows how that went, it stays; else it does not count. */
async function undo(
  context: WorkspaceContext,
  accountId: number,
  placed: { readonly name: string; readonly to: EntryPlace; readonly replaced: number | null },
  error: unknown,
): Promise<void> {
  if (isConnectionLoss(error)) return;
  await context.files.run(accountId, "takeBack", placed).catch((failure: unknown) => {
    // Nothing on the way to it was made, or it is gone again.
    if (failure instanceof StoaError && failure.code === "not_found") return;
    context.log.warn(
      { err: failure, accountId, ...placed },
      "a file whose restoring was not written down may be there",
    );
  });
}

/** @throws StoaError not_found, conflict (a share's files are still on their way into it) */
async function lockWritable(trx: WorkspacesTrx, { accountId }: Caller, what: Restoring): Promise<WorkspaceRow> {
  const row = await lockOwn(trx, accountId, what.workspace);
  if (!isWritable(row)) throw noWorkspace();
  return row;
}

async function note(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  caller: Caller,
  { parts, asOf }: Restoring,
  row: WorkspaceRow,
  more: { readonly restored_as?: string; readonly replaced?: number },
): Promise<void> {
  await wantScan(trx, row.id);
  const details = { path: parts.join("/"), snapshot: asOf, ...more };
  await recordWrite(context, trx, caller, "workspace.file.restore", row, details);
  await publishChange(context, trx, row, "files");
}
