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

/** A page, of one workspace or (null) of all. */
export interface TrashWanted {
  readonly workspaceId: number | null;
  /** The last id of the page before. */
  readonly before: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listTrash(
  context: WorkspaceContext,
  ownerId: number,
  { workspaceId, before, limit }: TrashWanted,
): Promise<{ items: TrashItem[]; next: number | null }> {
  const rows = await context.db
    .selectFrom("trash_entries as entry")
    .innerJoin("workspaces as workspace", "workspace.id", "entry.workspace_id")
    .selectAll("entry")
    .select("workspace.name as workspace_name")
    .where("entry.owner_id", "=", ownerId)
    .where("entry.state", "=", "kept")
    .$if(before !== null, (query) => query.where("entry.id", "<", before))
    .$if(workspaceId !== null, (query) => query.where("entry.workspace_id", "=", workspaceId))
    .orderBy("entry.id", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => itemOf(context, row, row.workspace_name));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
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
  /** The workspaces that something of it was in, or that are in it, by name; of very many, not all. */
  readonly places: { readonly id: number; readonly name: string; readonly entries: number }[];
}

/** Workspaces that the trash is told by. */
const mostPlaces = 500;

export async function summariseTrash({ db }: Pick<WorkspaceContext, "db">, ownerId: number): Promise<TrashSummary> {
  const numbers = await db
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
  const places = await db
    .selectFrom("trash_entries as entry")
    .innerJoin("workspaces as workspace", "workspace.id", "entry.workspace_id")
    .select(["workspace.id", "workspace.name", sql<number>`count(*)::int`.as("entries")])
    .where("entry.owner_id", "=", ownerId)
    .where("entry.state", "=", "kept")
    .groupBy(["workspace.id", "workspace.name"])
    .orderBy("workspace.name")
    .orderBy("workspace.id")
    .limit(mostPlaces)
    .execute();
  return { ...numbers, places };
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
