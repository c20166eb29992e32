import { type SqlBool, sql } from "kysely";
import { inOrder } from "../subjects/in-order.ts";
import type { StorageDb, UsedKind } from "../tables.ts";
import type { Due } from "./one-walk.ts";

/** Who was due, by the database's clock before anybody was looked at. */
export interface Looked {
  readonly due: readonly Due[];
  /** As PostgreSQL writes it: to the microsecond. */
  readonly at: string;
}
export const NOBODY: Looked = { due: [], at: "-infinity" };

/** The database's clock. */
export async function timeNow(db: StorageDb): Promise<string> {
  const { rows } = await sql<{ at: string }>`select now()::text as at`.execute(db);
  return rows[0]?.at ?? "-infinity";
}

/** When everybody was last asked for; not one in the future, which it is after the clock was put back. */
const allAsked = sql<Date>`(select asked_at from storage_recounts where asked_at <= now())`;
const isAskedFor = sql<SqlBool>`coalesce(coalesce(looked_at, '-infinity') < ${allAsked}, false)`;
/** Who is asked for waits no longer than since then. */
const since = sql<Date>`case when ${isAskedFor} then least(scan_at, ${allAsked}) else scan_at end`;

/** Those whose time has come, or who were last looked at before everybody was asked for; never counted ones first. */
export function dueNow(db: StorageDb, many: number, kinds: readonly UsedKind[]): Promise<Due[]> {
  return (
    db
      .selectFrom("storage_subjects")
      .select(["id", "kind", "name", "used", "scan_every"])
      .select((e) => e("used_at", "is not", null).as("is_counted"))
      .where("deleted_at", "is", null)
      .where((e) => e.or([e("settled", ">", 0), e("adopted", "=", true)]))
      .where("used_kind", "in", kinds)
      // By the clock that wrote it.
      .where((e) => e.or([e("scan_at", "<=", sql<Date>`now()`), isAskedFor]))
      .orderBy(since)
      .limit(many)
      .execute()
  );
}

/**
 * Has some counted anew with the next round, or everybody: that is one row's change, however many they are.
 * @param ids null: everybody
 */
export async function askForCount(db: StorageDb, ids: readonly number[] | null): Promise<void> {
  if (ids === null) {
    // Not the transaction's time: of two who ask at once, the one that began first may write last.
    await sql`insert into storage_recounts (asked_at) values (clock_timestamp())
      on conflict (only_one) do update set asked_at = clock_timestamp()`.execute(db);
  } else if (ids.length > 0) {
    const due = inOrder(db).where("s.deleted_at", "is", null).where("s.id", "in", ids);
    const now = sql<Date>`now()`;
    await db.updateTable("storage_subjects").set({ scan_at: now }).where("id", "in", due).execute();
  }
}

/** By the rows: what others have put there is seen by what the walk finds. */
export async function hasTrash(db: StorageDb): Promise<boolean> {
  const lies = db.selectFrom("storage_subjects").select("id").where("deleted_at", "is not", null);
  return (await lies.where("trashed", "=", true).limit(1).executeTakeFirst()) !== undefined;
}
