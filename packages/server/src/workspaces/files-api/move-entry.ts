import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, publishChange, recordWrite, type WorkspaceContext } from "../context.ts";
import { PathRefused } from "../files/file-names.ts";
import type { FolderEntry } from "../files/list-folder.ts";
import type { EntryPlace } from "../files/move-entry.ts";
import { isWritable, lockOwn, wantScan } from "../queries.ts";
import type { TrashRow, WorkspaceRow, WorkspacesTrx } from "../tables.ts";
import { transactAs } from "../transact-as.ts";
import { beginEntry, forgetUnmoved, keepEntry, noWorkspace } from "../trash/trash-file.ts";
import { requireOwn } from "./find-workspace.ts";

/** From where to where, by move or copy. */
export interface Way {
  readonly from: EntryPlace;
  readonly to: EntryPlace;
  /** What stands there goes to the trash; else it is refused. */
  readonly replace: boolean;
}

/**
 * Moves or renames a file or folder, within a workspace of the caller's or from one to another.
 * @throws StoaError not_found, conflict (taken, into itself, permissions, a link on the way)
 */
export async function moveEntry(context: WorkspaceContext, caller: Caller, way: Way): Promise<FolderEntry> {
  const { from, to } = way;
  refuseOneself(way);
  if (isInside(to, from)) throw conflict(`${pathOf(from)} cannot be moved into itself`);
  for (const id of [from.workspace, to.workspace]) await requireOwn(context, caller.accountId, id);
  const replaced = way.replace ? await beginReplacing(context, caller.accountId, to) : null;
  try {
    await transactAs(context, caller.accountId, async (trx) => {
      const rows = await lockBoth(trx, caller.accountId, [from.workspace, to.workspace]);
      for (const row of rows) {
        await wantScan(trx, row.id);
        await publishChange(context, trx, row, "files");
      }
      const source = rows.find(({ id }) => id === from.workspace) ?? rows[0];
      await recordWrite(context, trx, caller, "workspace.file.move", source, told(way, replaced));
      if (replaced) await keepEntry(context, trx, replaced);
      await context.files.run(caller.accountId, "moveEntry", { from, to, replaced: replaced?.id ?? null });
    });
  } catch (error) {
    if (replaced) await forgetUnmoved(context, replaced, error);
    throw error;
  }
  return context.files.run(caller.accountId, "describeEntry", to);
}

/** For the audit: names, and the trash's entry of what was in the way. */
export function told({ from, to }: Way, replaced: TrashRow | null): Readonly<Record<string, unknown>> {
  const elsewhere = from.workspace === to.workspace ? {} : { to_workspace: to.workspace };
  return { from: pathOf(from), to: pathOf(to), ...elsewhere, ...(replaced ? { replaced: replaced.id } : {}) };
}

/** The root is no entry of its own, nothing is put in its own place, and no folder on top of what it holds. */
export function refuseOneself({ from, to }: Way): void {
  if (from.parts.length === 0 || to.parts.length === 0) throw new PathRefused("/", "empty");
  if (isInside(from, to)) throw conflict(`${pathOf(from)} cannot replace the folder it is in, nor itself`);
}

/** The row in the trash for what stands there; null: nothing does. */
export async function beginReplacing(
  context: WorkspaceContext,
  ownerId: number,
  { workspace, parts }: EntryPlace,
): Promise<TrashRow | null> {
  try {
    return await beginEntry(context, ownerId, workspace, parts);
  } catch (error) {
    if (error instanceof StoaError && error.code === "not_found") return null;
    throw error;
  }
}

/** In the order of their ids, so that no two calls wait for each other. */
async function lockBoth(
  trx: WorkspacesTrx,
  ownerId: number,
  ids: readonly number[],
): Promise<[WorkspaceRow, ...WorkspaceRow[]]> {
  const rows: WorkspaceRow[] = [];
  for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
    const row = await lockOwn(trx, ownerId, id);
    if (!isWritable(row)) throw noWorkspace();
    rows.push(row);
  }
  const [first, ...rest] = rows;
  if (first === undefined) throw noWorkspace();
  return [first, ...rest];
}

/** True for the place itself, too. */
function isInside(place: EntryPlace, folder: EntryPlace): boolean {
  return place.workspace === folder.workspace && folder.parts.every((part, index) => part === place.parts[index]);
}

function pathOf({ parts }: EntryPlace): string {
  return parts.join("/");
}

function conflict(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}
