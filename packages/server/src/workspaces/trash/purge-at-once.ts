import type { OperationKind } from "../../platform/operations/contract.ts";
import type { WorkspaceContext } from "../context.ts";
import type { TrashRow, WorkspacesTrx } from "../tables.ts";
import { removeKept } from "./purge.ts";

export const PURGE_KIND = "trash.purge";

/** Where nothing is to be kept, what has just come to the trash is ended as soon as the transaction commits. */
export async function purgeAtOnce(context: WorkspaceContext, trx: WorkspacesTrx, entry: TrashRow): Promise<void> {
  if (context.config.trash.retentionDays > 0) return;
  await context.operations.enqueue(trx, {
    kind: PURGE_KIND,
    subject: { kind: "trash", id: String(entry.id) },
    actor: { accountId: null, label: "STOA_TRASH_RETENTION_DAYS=0" },
    input: { workspace_id: entry.workspace_id },
  });
}

/** Ends one entry; what can't be removed now is left to the hourly tidying. */
export function purgeKind(context: WorkspaceContext): OperationKind {
  return {
    kind: PURGE_KIND,
    attempts: 2,
    heartbeatSeconds: 60,
    expireSeconds: 600,
    concurrency: 1,
    async run({ operation, signal }) {
      const entry = await claim(context, Number(operation.subject.id));
      if (entry) await removeKept(context, entry, signal);
      return { purged: entry === null ? 0 : 1 };
    },
  };
}

/** Null: it has been restored, or is gone. */
async function claim(context: WorkspaceContext, id: number): Promise<TrashRow | null> {
  const entry = await context.db
    .updateTable("trash_entries")
    .set({ state: "purging", changed_at: new Date(), node_id: context.config.nodeId })
    .where("id", "=", id)
    .where("state", "in", ["kept", "purging"])
    .returningAll()
    .executeTakeFirst();
  return entry ?? null;
}
