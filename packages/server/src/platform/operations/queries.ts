import { type Kysely, type RawBuilder, sql } from "kysely";
import type { OperationState } from "./contract.ts";
import { isUuid } from "./enqueue.ts";
import type { OperationRow, OperationTables } from "./tables.ts";

/** Whose operations: an account's (it started them, or is in their audience), or all. */
export type Viewer = { readonly accountId: number | null } | "all";

export interface OperationFilters {
  readonly state?: OperationState | undefined;
  readonly kind?: string | undefined;
  readonly subject_kind?: string | undefined;
  readonly subject_id?: string | undefined;
  /** Who asked: an account's id, or the name it had. */
  readonly actor?: string | undefined;
  /** Whom it concerns: asked for by them, or for them, or about their account. */
  readonly person?: number | undefined;
  /** Asked for at that moment or later. */
  readonly since?: string | undefined;
  /** Failed ones that nobody has looked at. */
  readonly unseen?: boolean | undefined;
}

/** Newest first. @param before the `seq` of the last one of the page before */
export async function listOperations(
  db: Kysely<OperationTables>,
  viewer: Viewer,
  filters: OperationFilters,
  page: { readonly before: number | undefined; readonly limit: number },
): Promise<OperationRow[]> {
  let query = db.selectFrom("operations as o").selectAll("o").orderBy("o.seq", "desc").limit(page.limit);
  if (viewer !== "all") {
    query = query
      .innerJoin("operation_viewers as v", "v.seq", "o.seq")
      .where("v.account_id", "=", viewer.accountId ?? -1);
  }
  for (const column of ["state", "kind", "subject_kind", "subject_id"] as const) {
    const value = filters[column];
    if (value !== undefined) query = query.where(`o.${column}`, "=", value);
  }
  const { actor, person, since, unseen } = filters;
  if (actor !== undefined) {
    query = /^\d{1,15}$/.test(actor)
      ? query.where("o.actor_id", "=", Number(actor))
      : query.where(({ fn }) => fn("lower", ["o.actor_label"]), "=", actor.toLowerCase());
  }
  if (person !== undefined) query = query.where("o.seq", "in", concerning(person));
  if (since !== undefined) query = query.where("o.created_at", ">=", new Date(since));
  if (unseen === true) query = query.where("o.state", "=", "failed").where("o.looked_at", "is", null);
  if (page.before !== undefined) query = query.where("o.seq", "<", page.before);
  return query.execute();
}

/** By two indexes: whoever asked is among the viewers, whose account it is about need not be. */
function concerning(accountId: number): RawBuilder<number> {
  return sql<number>`(
    select seq from operation_viewers where account_id = ${accountId}
    union all
    select seq from operations where subject_kind = 'account' and subject_id = ${String(accountId)})`;
}

/** Null when it isn't there, or is none of the viewer's business. */
export async function findOperation(
  db: Kysely<OperationTables>,
  viewer: Viewer,
  id: string,
): Promise<OperationRow | null> {
  if (!isUuid(id)) return null;
  const row = await db.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst();
  if (!row) return null;
  return viewer === "all" || concerns(row, viewer.accountId) ? row : null;
}

function concerns(row: OperationRow, accountId: number | null): boolean {
  return accountId !== null && (row.actor_id === accountId || row.audience.includes(accountId));
}

export function readHistory(db: Kysely<OperationTables>, id: string) {
  return db
    .selectFrom("operation_history")
    .select(["at", "code", "params", "text"])
    .where("operation_id", "=", id)
    .orderBy("id")
    .execute();
}

export function listSchedules(db: Kysely<OperationTables>) {
  return db.selectFrom("operation_schedules").selectAll().orderBy("name").execute();
}
