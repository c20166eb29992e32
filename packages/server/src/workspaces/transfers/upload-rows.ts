import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, WorkspaceContext } from "../context.ts";
import type { Conflicts } from "../files/place-name.ts";
import type { WorkspacesDb } from "../tables.ts";
import type { UploadRow, UploadState } from "./tables.ts";

/** A folder on its way in belongs to one request or operation; this is how long any may take, seconds. */
const TREE_SECONDS = 2 * 86_400;

export interface NewUploadRow {
  readonly id?: string;
  readonly workspaceId: number;
  readonly parts: readonly string[];
  readonly conflicts: Conflicts;
  /** Of a file; null: a tree. Bytes. */
  readonly length: number | null;
  readonly metadata?: string;
  readonly sha256?: Buffer | null;
  readonly operationId?: string;
}

/** What it is called in the staging folder. */
export function stagedName(row: Pick<UploadRow, "id">): string {
  return `upload-${row.id}`;
}

/** How its owner knows it. */
export function whatOf(row: Pick<UploadRow, "path">): string {
  return row.path === "" ? "the archive" : row.path;
}

export async function insertUpload(
  context: WorkspaceContext,
  caller: Caller,
  wanted: NewUploadRow,
): Promise<UploadRow> {
  const seconds = wanted.length === null ? TREE_SECONDS : context.config.limits.uploadIdleSeconds;
  return context.db
    .insertInto("uploads")
    .values({
      id: wanted.id ?? randomUUID(),
      owner_id: caller.accountId,
      workspace_id: wanted.workspaceId,
      kind: wanted.length === null ? "tree" : "file",
      path: wanted.parts.join("/"),
      on_conflict: wanted.conflicts,
      length: wanted.length,
      metadata: wanted.metadata ?? "",
      sha256: wanted.sha256 ?? null,
      operation_id: wanted.operationId ?? null,
      caller: JSON.stringify(caller),
      node_id: context.config.nodeId,
      expires_at: new Date(Date.now() + seconds * 1_000),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Who began it, for the audit log. */
export function callerOfRow(row: UploadRow): Caller {
  return row.caller as Caller;
}

/** @throws StoaError not_found, the same for another's and for none */
export async function findUpload(
  db: WorkspacesDb,
  ownerId: number,
  workspaceId: number,
  id: string,
): Promise<UploadRow> {
  const row = isUuid(id)
    ? await db
        .selectFrom("uploads")
        .selectAll()
        .where("id", "=", id)
        .where("owner_id", "=", ownerId)
        .where("workspace_id", "=", workspaceId)
        .where("kind", "=", "file")
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw new StoaError("not_found", { details: { what: "upload" } });
  return row;
}

/** Those not ended, oldest first; `after` is the id that the last page ended with. */
export async function listUploads(
  db: WorkspacesDb,
  ownerId: number,
  workspaceId: number,
  page: { after: string | null; limit: number },
): Promise<UploadRow[]> {
  return db
    .selectFrom("uploads")
    .selectAll()
    .where("owner_id", "=", ownerId)
    .where("workspace_id", "=", workspaceId)
    .where("kind", "=", "file")
    .where("state", "in", ["receiving", "placing"])
    .$if(page.after !== null, (query) => query.where("id", ">", page.after ?? ""))
    .orderBy("id")
    .limit(page.limit)
    .execute();
}

/** Refuses one more than a person may have open. Two calls at once may both be the last. @throws StoaError conflict */
export async function requireRoomForUpload(db: WorkspacesDb, ownerId: number, most: number): Promise<void> {
  const { count } = await db
    .selectFrom("uploads")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("owner_id", "=", ownerId)
    .where("kind", "=", "file")
    .where("state", "in", ["receiving", "placing"])
    .executeTakeFirstOrThrow();
  if (count < most) return;
  const problem = `You have ${count} uploads open, and ${most} are allowed (STOA_OPEN_UPLOADS_PER_PERSON). End some first`;
  throw new StoaError("conflict", { details: { problem } });
}

/** Changes the state when it is still as expected. @returns null when it isn't */
export async function changeState(
  db: WorkspacesDb,
  id: string,
  from: UploadState,
  change: { state: UploadState; received?: number; metadata?: string; problem?: string; placed_path?: string },
): Promise<UploadRow | null> {
  const row = await db
    .updateTable("uploads")
    .set({ ...change, changed_at: new Date() })
    .where("id", "=", id)
    .where("state", "=", from)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteUpload(db: WorkspacesDb, id: string): Promise<void> {
  await db.deleteFrom("uploads").where("id", "=", id).execute();
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
