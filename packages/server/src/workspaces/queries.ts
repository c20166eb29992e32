import { CompiledQuery, sql } from "kysely";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { WorkspaceRow, WorkspaceStatus, WorkspacesDb, WorkspacesTrx } from "./tables.ts";

/** The columns that contract 3 shows. */
export type ShownWorkspace = Pick<
  WorkspaceRow,
  | "id"
  | "name"
  | "description"
  | "disk_space"
  | "created_at"
  | "modified_at"
  | "last_job_launch_at"
  | "request_details"
  | "current_details"
  | "details_bytes"
  | "status"
  | "default_job_type"
>;

export interface WorkspaceFilters {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly status?: string | undefined;
}

/** Bytes of names in one list. Workspaces beyond it, by age, come without theirs; asked for alone they have them. */
export const LIST_BYTES = 4 * 1024 * 1024;
const noNames = `'{"files": [], "symlinks": []}'::jsonb`;
const ifRoom = (column: string) =>
  `case when sum(details_bytes) over (order by id) <= ${LIST_BYTES} then ${column} else ${noNames} end as ${column}`;

/** Written once as text: building it anew costs more than PostgreSQL takes to answer. $1: the owner. */
const shown = `select id, name, description, disk_space, created_at, modified_at, last_job_launch_at,
  ${ifRoom("request_details")}, ${ifRoom("current_details")}, details_bytes, status, default_job_type
  from workspaces where owner_id = $1 and deleted_at is null and not share_pending`;
const filterNames = ["name", "description", "status"] as const;

/** What the list asks without filters; the benchmark looks at its plan. */
export const listQuery = `${shown} order by id`;

/** All of an owner's workspaces that match, oldest first: one query, by the owner's index. */
export async function listWorkspaces(
  db: WorkspacesDb,
  ownerId: number,
  filters: WorkspaceFilters,
): Promise<ShownWorkspace[]> {
  const parameters: (string | number)[] = [ownerId];
  let text = shown;
  for (const name of filterNames) {
    const value = filters[name];
    if (value === undefined) continue;
    // PostgreSQL takes no NUL in a text, so nothing has one.
    if (value.includes("\0")) return [];
    parameters.push(value);
    text += ` and ${name} = $${parameters.length}`;
  }
  const { rows } = await db.executeQuery<ShownWorkspace>(CompiledQuery.raw(`${text} order by id`, parameters));
  return rows;
}

/** Someone else's, one in the trash and one that never was are the same: null. */
export async function findShown(db: WorkspacesDb, ownerId: number, id: number): Promise<ShownWorkspace | null> {
  const { rows } = await db.executeQuery<ShownWorkspace>(CompiledQuery.raw(`${shown} and id = $2`, [ownerId, id]));
  return rows[0] ?? null;
}

export async function findOwn(db: WorkspacesDb, ownerId: number, id: number): Promise<WorkspaceRow | null> {
  const row = await own(db, ownerId, id).executeTakeFirst();
  return row ?? null;
}

/**
 * The same, locked until the transaction ends, so that neither a start nor a deletion comes between.
 * References to the row (a job being written) are not held up.
 */
export async function lockOwn(trx: WorkspacesTrx, ownerId: number, id: number): Promise<WorkspaceRow | null> {
  const row = await own(trx, ownerId, id).forNoKeyUpdate().executeTakeFirst();
  return row ?? null;
}

/**
 * A workspace as files can be put into: being deleted is as good as gone.
 * @throws StoaError conflict while a share's files are still on their way into it
 */
export function isWritable(row: WorkspaceRow | null): row is WorkspaceRow {
  if (row === null || row.status === "deleting") return false;
  if (row.status === "initializing") throw stillCopied(row);
  return true;
}

function stillCopied({ id }: WorkspaceRow): StoaError {
  const problem = `The files of workspace ${id} are still being copied to you. Try again when they are there`;
  return new StoaError("conflict", { details: { problem } });
}

export async function setStatus(trx: WorkspacesTrx, id: number, status: WorkspaceStatus): Promise<void> {
  await trx.updateTable("workspaces").set({ status }).where("id", "=", id).execute();
}

/** Wants the details refreshed; scans that run already don't count, they may have passed the place. */
export async function wantScan(trx: WorkspacesTrx, id: number): Promise<void> {
  await trx.updateTable("workspaces").set({ scan_wanted: sql<number>`scan_wanted + 1` }).where("id", "=", id).execute();
}

/** What workspaces are called, deleted ones too. */
export async function namesOf(
  db: WorkspacesDb | WorkspacesTrx,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("workspaces").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Bytes of all workspaces together, as last counted; those in the trash too. */
export async function roomUsed(db: WorkspacesDb): Promise<number> {
  const row = await db
    .selectFrom("workspaces")
    .select(({ fn }) => fn.sum<string>("disk_space").as("bytes"))
    .executeTakeFirst();
  return Number(row?.bytes ?? 0);
}

/** Those whose name has this in it, deleted ones too, newest first; 1,000 at most. @param ownerId null: everybody's */
export async function idsNamed(db: WorkspacesDb, text: string, ownerId: number | null): Promise<number[]> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  let query = db.selectFrom("workspaces").select("id").where("name", "ilike", pattern);
  if (ownerId !== null) query = query.where("owner_id", "=", ownerId);
  const rows = await query.orderBy("id", "desc").limit(1_000).execute();
  return rows.map((row) => row.id);
}

/** Beside an owner's number; nothing else in this database has it. */
const COUNT_LOCK = 356_431;

/**
 * Refuses one workspace more than a person may have. In a transaction that makes it, until whose end no other one is
 * counted; elsewhere only to refuse early.
 * @param made by this transaction already
 * @throws StoaError conflict
 */
export async function requireRoom(db: WorkspacesDb, ownerId: number, most: number, made = 0): Promise<void> {
  if (db.isTransaction) await sql`select pg_advisory_xact_lock(${COUNT_LOCK}, ${ownerId}::int)`.execute(db);
  const { count: all } = await db
    .selectFrom("workspaces")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is", null)
    .where("share_pending", "=", false)
    .executeTakeFirstOrThrow();
  const count = all - made;
  if (count < most) return;
  const problem = `You have ${count} workspaces, and ${most} are allowed (STOA_WORKSPACES_PER_PERSON). Delete one first`;
  throw new StoaError("conflict", { details: { problem } });
}

function own(db: WorkspacesDb, ownerId: number, id: number) {
  return db
    .selectFrom("workspaces")
    .selectAll()
    .where("owner_id", "=", ownerId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .where("share_pending", "=", false);
}
