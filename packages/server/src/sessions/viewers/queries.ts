import type { Selectable } from "kysely";
import type { JobRow, SessionsDb, SessionsTrx, SessionTables } from "../tables.ts";

export type ViewerRow = Selectable<SessionTables["session_viewers"]>;

/** A session that is shared with somebody, and how. */
export interface SharedRow {
  readonly job: JobRow;
  readonly viewer: Pick<ViewerRow, "may_act" | "invited_at">;
}

/** With whom a session is shared, in the order of their accounts. */
export function viewersOf(db: SessionsDb | SessionsTrx, jobId: number): Promise<ViewerRow[]> {
  return db.selectFrom("session_viewers").selectAll().where("job_id", "=", jobId).orderBy("account_id").execute();
}

/** @returns null: it is not shared with them */
export async function findViewer(db: SessionsDb, jobId: number, accountId: number): Promise<ViewerRow | null> {
  const row = await db
    .selectFrom("session_viewers")
    .selectAll()
    .where("job_id", "=", jobId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row ?? null;
}

/** Shares it with somebody, or changes how. */
export function putViewer(
  trx: SessionsTrx,
  viewer: Pick<ViewerRow, "job_id" | "account_id" | "may_act">,
): Promise<ViewerRow> {
  return trx
    .insertInto("session_viewers")
    .values(viewer)
    .onConflict((conflict) => conflict.columns(["job_id", "account_id"]).doUpdateSet({ may_act: viewer.may_act }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @returns false: it was not shared with them */
export async function dropViewer(trx: SessionsTrx, jobId: number, accountId: number): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom("session_viewers")
    .where("job_id", "=", jobId)
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Sessions of others that have not ended and are shared with somebody: a page, newest first. */
export async function sharedWith(
  db: SessionsDb,
  accountId: number,
  page: { readonly jobId?: number; readonly before: number | null; readonly limit: number },
): Promise<SharedRow[]> {
  let query = db
    .selectFrom("session_viewers as v")
    .innerJoin("jobs as j", "j.id", "v.job_id")
    .selectAll("j")
    .select(["v.may_act", "v.invited_at"])
    .where("v.account_id", "=", accountId)
    .where("j.ended_at", "is", null);
  if (page.jobId !== undefined) query = query.where("j.id", "=", page.jobId);
  if (page.before !== null) query = query.where("j.id", "<", page.before);
  const rows = await query.orderBy("j.id", "desc").limit(page.limit).execute();
  return rows.map(({ may_act, invited_at, ...job }) => ({ job, viewer: { may_act, invited_at } }));
}

/**
 * For the export: sessions that a person shared with others, and others' that were shared with them. Of the others
 * nothing but their account's number.
 */
export function sharedPage(db: SessionsDb, accountId: number) {
  return async (after: number | null) => {
    const rows = await db
      .selectFrom("session_viewers as v")
      .innerJoin("jobs as j", "j.id", "v.job_id")
      .select(["j.id", "j.owner_id", "v.account_id", "v.may_act", "v.invited_at"])
      .where((e) => e.or([e("v.account_id", "=", accountId), e("j.owner_id", "=", accountId)]))
      .where("j.id", ">", after ?? 0)
      .orderBy("j.id")
      .orderBy("v.account_id")
      .execute();
    return rows;
  };
}
