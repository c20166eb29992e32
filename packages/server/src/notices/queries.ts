import { type SqlBool, sql } from "kysely";
import type { NoticeRow, NoticesDb, NoticesTrx } from "./tables.ts";

/** More unread ones than these are counted as these: a bell shows no more anyway. */
export const MOST_COUNTED = 1_000;

export interface NoticesPage {
  readonly unread: boolean;
  /** Empty: all. */
  readonly kinds: readonly string[];
  /** An id; null: from the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** Somebody's notices, newest first. */
export function pageOf(db: NoticesDb, accountId: number, page: NoticesPage): Promise<NoticeRow[]> {
  let query = db.selectFrom("notices").selectAll().where("account_id", "=", accountId).where("shown", "=", true);
  if (page.unread) query = query.where("read_at", "is", null);
  if (page.kinds.length > 0) query = query.where("kind", "in", page.kinds);
  if (page.before !== null) query = query.where("id", "<", page.before);
  return query.orderBy("id", "desc").limit(page.limit).execute();
}

/** How many they have not read; {@link MOST_COUNTED} at most. */
export async function countUnread(db: NoticesDb | NoticesTrx, accountId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from notices where account_id = ${accountId} and shown and read_at is null limit ${MOST_COUNTED}
    ) as unread`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Marks somebody's own as read; ids of others' are passed over. @returns how many were unread before */
export async function markRead(
  trx: NoticesTrx,
  accountId: number,
  which: { readonly ids: readonly number[] } | "all",
): Promise<number> {
  const ids = which === "all" ? sql`` : sql`and id = any(${[...which.ids]}::bigint[])`;
  const unread = sql<SqlBool>`account_id = ${accountId} and read_at is null ${ids}`;
  // Beside another page of theirs, and what tidies: all lock them in one order.
  const inOrder = trx.selectFrom("notices").select("id").where(unread).orderBy("id").forNoKeyUpdate();
  const { numUpdatedRows } = await trx
    .updateTable("notices")
    .set({ read_at: sql<Date>`now()` })
    .where("id", "in", inOrder)
    .where(unread)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
