import { randomUUID } from "node:crypto";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import type { FileWork } from "../file-work/contract.ts";
import type { EntryPlace } from "../files/move-entry.ts";
import type { ReadPlace } from "../files/open-snapshot.ts";
import { beginReplacing } from "../files-api/move-entry.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import type { TrashRow, WorkspacesTrx } from "../tables.ts";
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
  const to: EntryPlace = { workspace: what.workspace, parts: what.parts };
  const placed = await transactAs(context, accountId, async (trx) => {
    await note(context, trx, caller, what, null);
    return context.files.run(accountId, "placeBeside", { name, to });
  });
  return [...what.parts.slice(0, -1), placed.name].join("/");
}

/** What is there goes to the trash in the same step, and stays where it is when the step fails. */
async function replace(context: WorkspaceContext, caller: Caller, what: Restoring, name: string): Promise<string> {
  const { accountId } = caller;
  const to: EntryPlace = { workspace: what.workspace, parts: what.parts };
  const replaced = await beginReplacing(context, accountId, to);
  try {
    await transactAs(context, accountId, async (trx) => {
      await note(context, trx, caller, what, replaced);
      if (replaced) await keepEntry(context, trx, replaced);
      await context.files.run(accountId, "placeCopy", { name, to, replaced: replaced?.id ?? null });
    });
  } catch (error) {
    if (replaced) await forgetUnmoved(context, replaced, error);
    throw error;
  }
  return what.parts.join("/");
}

async function note(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  caller: Caller,
  { workspace, parts, asOf }: Restoring,
  replaced: TrashRow | null,
): Promise<void> {
  const row = await lockOwn(trx, caller.accountId, workspace);
  if (!isWritable(row)) throw noWorkspace();
  await wantScan(trx, row.id);
  const details = { path: parts.join("/"), snapshot: asOf, ...(replaced ? { replaced: replaced.id } : {}) };
  await recordWrite(context, trx, caller, "workspace.file.restore", row, details);
  await publishChange(context, trx, row, "files");
}
