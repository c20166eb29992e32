import { sql } from "kysely";
import type { OperationKind } from "../../platform/operations/contract.ts";
import type { WorkspaceContext } from "../context.ts";
import { transactAs } from "../transact-as.ts";
import { discardUpload, isFinal } from "./finish-file.ts";
import type { UploadRow } from "./tables.ts";
import { finishTree, forgetTree } from "./trees.ts";
import { deleteUpload } from "./upload-rows.ts";
import { finishWhole } from "./uploads.ts";

export const SWEEP_KIND = "workspaces.uploads_sweep";
const AT_ONCE = 1_000;

/** What this node's last server left when it was killed; before it serves, which nothing here may prevent. */
export async function settleUploads(context: WorkspaceContext): Promise<void> {
  try {
    const { nodeId } = context.config;
    await context.db
      .updateTable("uploads")
      .set({ writer: null, writer_until: null })
      .where("node_id", "=", nodeId)
      .where("writer", "is not", null)
      .execute();
    const rows = await context.db
      .selectFrom("uploads")
      .selectAll()
      .where("node_id", "=", nodeId)
      .where("operation_id", "is", null)
      .where((where) => where.or([where("state", "=", "placing"), where("kind", "=", "tree")]))
      .limit(AT_ONCE)
      .execute();
    for (const row of rows) await settle(context, row);
    if (rows.length > 0) context.log.info({ uploads: rows.length }, "settled uploads that a killed server left");
  } catch (error) {
    context.log.error({ err: error }, "uploads that a killed server left could not be settled; left for later");
  }
}

/** Hourly, once in the cluster: removes uploads that nobody goes on with, settles what other nodes left. */
export function sweepKind(context: WorkspaceContext): OperationKind {
  return {
    kind: SWEEP_KIND,
    attempts: 2,
    heartbeatSeconds: 60,
    expireSeconds: 3_000,
    concurrency: 1,
    exclusive: true,
    async run({ signal }) {
      let removed = 0;
      for (const row of await idleRows(context)) {
        if (signal.aborted) break;
        await settle(context, row);
        removed += 1;
      }
      return { removed };
    },
  };
}

/** Nobody writes to them, and they have expired or were left in the midst of their placing. */
async function idleRows(context: WorkspaceContext): Promise<UploadRow[]> {
  return context.db
    .selectFrom("uploads")
    .selectAll()
    .where((where) => where.or([where("writer", "is", null), where("writer_until", "<", sql<Date>`now()`)]))
    .where((where) =>
      where.or([
        where("expires_at", "<", sql<Date>`now()`),
        where.and([
          where("state", "=", "placing"),
          where("operation_id", "is", null),
          where("changed_at", "<", sql<Date>`now() - interval '15 minutes'`),
        ]),
      ]),
    )
    .orderBy("expires_at")
    .limit(AT_ONCE)
    .execute();
}

/** One that can't be settled holds up no other. */
async function settle(context: WorkspaceContext, row: UploadRow): Promise<void> {
  try {
    if (row.state === "placing" && row.operation_id === null) await finish(context, row);
    else await remove(context, row);
  } catch (error) {
    context.log.error({ err: error, upload: row.id }, "an upload could not be settled");
  }
}

async function finish(context: WorkspaceContext, row: UploadRow): Promise<void> {
  try {
    if (row.kind === "file") await finishWhole(context, row);
    else await finishTree(context, row, null, (work) => transactAs(context, row.owner_id, work));
  } catch (error) {
    if (!isFinal(error)) throw error;
    if (row.kind === "tree") await forgetTree(context, row, error);
  }
}

async function remove(context: WorkspaceContext, row: UploadRow): Promise<void> {
  if (row.state !== "done") await discardUpload(context, row);
  await deleteUpload(context.db, row.id);
}
