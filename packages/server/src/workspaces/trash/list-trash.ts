import { sql } from "kysely";
import type { WorkspaceContext } from "../context.ts";
import type { TrashKind, TrashRow } from "../tables.ts";

/** As our own API shows it. */
export interface TrashItem {
  readonly id: number;
  readonly kind: TrashKind;
  /** Where it was, below its workspace; empty for a workspace. */
  readonly path: string;
  readonly workspace: { readonly id: number; readonly name: string };
  /** Bytes; null for a folder. */
  readonly size: number | null;
  readonly deleted_at: string;
  /** When it ends for good. */
  readonly expires_at: string;
}

/** Newest first; `before` is the last id of the page before. */
export async function listTrash(
  context: WorkspaceContext,
  ownerId: number,
  page: { readonly before: number | null; readonly limit: number },
): Promise<{ items: TrashItem[]; next: number | null }> {
  const rows = await context.db
    .selectFrom("trash_entries as entry")
    .innerJoin("workspaces as workspace", "workspace.id", "entry.workspace_id")
    .selectAll("entry")
    .select("workspace.name as workspace_name")
    .where("entry.owner_id", "=", ownerId)
    .where("entry.state", "=", "kept")
    .$if(page.before !== null, (query) => query.where("entry.id", "<", page.before ?? 0))
    .orderBy("entry.id", "desc")
    .limit(page.limit + 1)
    .execute();
  const items = rows.slice(0, page.limit).map((row) => itemOf(context, row, row.workspace_name));
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** All of one's trash in numbers. */
export interface TrashSummary {
  readonly entries: number;
  readonly workspaces: number;
  readonly folders: number;
  /** Of files and workspaces; what is in folders is not counted. */
  readonly bytes: number;
  /** Null when it is empty. What comes later has a larger id. */
  readonly newest_id: number | null;
}

export async function summariseTrash({ db }: Pick<WorkspaceContext, "db">, ownerId: number): Promise<TrashSummary> {
  return db
    .selectFrom("trash_entries")
    .select([
      sql<number>`count(*)::int`.as("entries"),
      sql<number>`count(*) filter (where kind = 'workspace')::int`.as("workspaces"),
      sql<number>`count(*) filter (where kind = 'folder')::int`.as("folders"),
      sql<number>`coalesce(sum(size), 0)::float8`.as("bytes"),
      sql<number | null>`max(id)`.as("newest_id"),
    ])
    .where("owner_id", "=", ownerId)
    .where("state", "=", "kept")
    .executeTakeFirstOrThrow();
}

export function itemOf(context: Pick<WorkspaceContext, "config">, row: TrashRow, workspaceName: string): TrashItem {
  const expires = row.deleted_at.getTime() + context.config.trash.retentionDays * 86_400_000;
  return {
    id: row.id,
    kind: row.kind,
    path: row.path,
    workspace: { id: row.workspace_id, name: workspaceName },
    size: row.size,
    deleted_at: row.deleted_at.toISOString(),
    expires_at: new Date(expires).toISOString(),
  };
}
