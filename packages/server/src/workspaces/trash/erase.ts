import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OperationKind } from "../../platform/operations/contract.ts";
import type { Caller, WorkspaceContext } from "../context.ts";
import type { TrashRow, WorkspacesTrx, WorkspaceTables } from "../tables.ts";
import { attemptEntry, removeKept } from "./purge.ts";

export const ERASE_KIND = "trash.erase";
const AT_ONCE = 500;
/** Names in the audit entry; the rest is a number. */
const NAMED = 20;

/** One entry, some, or all that were there when the newest one seen was. */
export type Erased = { readonly ids: readonly number[] } | { readonly upTo: number | null };

export interface Erasing {
  /** Null: there was nothing to do. */
  readonly operation_id: string | null;
  /** Gone from the list, and not to be restored any more. */
  readonly entries: number;
  /** Of files and workspaces; what is in folders is not counted. */
  readonly bytes: number;
}

/**
 * Ends entries of the trash for good: at once they can't be restored any more, and an operation removes their files.
 * With a workspace goes what was deleted out of it before, which could come back to no place.
 * @throws StoaError not_found when none of the ids is in the caller's trash
 */
export async function eraseEntries(context: WorkspaceContext, caller: Caller, which: Erased): Promise<Erasing> {
  return context.db.transaction().execute(async (trx) => {
    const rows = await claim(context, trx, caller.accountId, which);
    const bytes = rows.reduce((sum, { size }) => sum + (size ?? 0), 0);
    if (rows.length === 0) {
      if ("ids" in which) throw new StoaError("not_found", { details: { what: "entry in the trash" } });
      return { operation_id: null, entries: 0, bytes };
    }
    const subject = { kind: "trash", id: String(caller.accountId) };
    await context.audit.record(trx, {
      action: "trash.erase",
      actor: caller.actor,
      subject,
      about: [caller.accountId],
      requestId: caller.requestId,
      address: caller.address,
      details: { entries: rows.length, bytes, ...named(rows) },
    });
    const { id } = await context.operations.enqueue(trx, {
      kind: ERASE_KIND,
      subject,
      actor: { ...caller.actor, requestId: caller.requestId, address: caller.address },
      audience: [caller.accountId],
      input: { owner_id: caller.accountId, entries: rows.length },
    });
    return { operation_id: id, entries: rows.length, bytes };
  });
}

type Claimed = Pick<TrashRow, "id" | "kind" | "path" | "workspace_id" | "size">;

async function claim(
  context: WorkspaceContext,
  trx: WorkspacesTrx,
  ownerId: number,
  which: Erased,
): Promise<Claimed[]> {
  return trx
    .with("wanted", (query) =>
      query
        .selectFrom("trash_entries")
        .select(["id", "workspace_id", "kind"])
        .where("owner_id", "=", ownerId)
        .where("state", "=", "kept")
        .where((where) => meant(where, which)),
    )
    .updateTable("trash_entries")
    .set({ state: "purging", changed_at: new Date(), node_id: context.config.nodeId })
    .where("owner_id", "=", ownerId)
    .where("state", "=", "kept")
    .where(
      sql<SqlBool>`(id in (select id from wanted) or workspace_id in (select workspace_id from wanted where kind = 'workspace'))`,
    )
    .returning(["id", "kind", "path", "workspace_id", "size"])
    .execute();
}

function meant(
  where: ExpressionBuilder<Pick<WorkspaceTables, "trash_entries">, "trash_entries">,
  which: Erased,
): Expression<SqlBool> {
  if ("ids" in which) return where("id", "in", [...which.ids]);
  return which.upTo === null ? sql<SqlBool>`true` : where("id", "<=", which.upTo);
}

function named(rows: readonly Claimed[]) {
  const first = rows.slice(0, NAMED);
  return { names: first.map(({ kind, path, workspace_id: id }) => (kind === "workspace" ? `workspace ${id}` : path)) };
}

/** Removes what one person gave up, in whatever calls. What can't be removed now is left to the hourly tidying. */
export function eraseKind(context: WorkspaceContext): OperationKind {
  return {
    kind: ERASE_KIND,
    attempts: 3,
    heartbeatSeconds: 60,
    expireSeconds: 6 * 3_600,
    concurrency: 2,
    exclusive: true,
    async run({ operation, signal, progress }) {
      const ownerId = Number(operation.input.owner_id);
      let [erased, left, after] = [0, 0, 0];
      for (;;) {
        const entries = await nextOf(context, ownerId, after);
        for (const entry of entries) {
          signal.throwIfAborted();
          if (await attemptEntry(context, entry, () => removeKept(context, entry, signal))) erased += 1;
          else left += 1;
          after = entry.id;
          await progress(percentOf(erased + left, Number(operation.input.entries)));
        }
        if (entries.length < AT_ONCE) break;
      }
      context.room.recount(ownerId);
      if (left > 0) throw notAll(left);
      return { erased };
    },
  };
}

const percentOf = (done: number, all: number) => Math.min(99, Math.floor((done / Math.max(1, all)) * 100));

function nextOf(context: WorkspaceContext, ownerId: number, after: number): Promise<TrashRow[]> {
  return context.db
    .selectFrom("trash_entries")
    .selectAll()
    .where("owner_id", "=", ownerId)
    .where("state", "=", "purging")
    .where("id", ">", after)
    .orderBy("id")
    .limit(AT_ONCE)
    .execute();
}

function notAll(left: number): StoaError {
  const problem = `${left} of them could not be removed now. They are out of the trash already, and it is tried again every hour`;
  return new StoaError("conflict", { details: { problem } });
}
