import { type Kysely, sql } from "kysely";
import type { QuotaPeriod, SessionsDb, SessionsTrx, SessionTables } from "../tables.ts";

/** Whose hours: each session counts for its owner and for every group that they were in when they asked for it. */
export type Holder = { readonly accountId: number } | { readonly groupId: number };

/** Core hours, as decimal texts with five places. */
export interface Use {
  /** Settled and set aside. */
  readonly used: string;
  /** Of it, what is set aside for sessions that have not ended. */
  readonly reserved: string;
}

/**
 * What somebody has taken so far. A session counts with what was set aside for it until it has ended, then with what
 * it took; wholly for the month (UTC) in which it was asked for.
 * @param at a moment of the month that is meant; null: this one, by the database's clock
 */
export async function useOf(
  db: SessionsDb | SessionsTrx,
  holder: Holder,
  period: QuotaPeriod,
  at: Date | null = null,
): Promise<Use> {
  const live = sql<string>`coalesce(sum(core_hours_reserved) filter (where ended_at is null), 0)::numeric(24, 5)`;
  const all = sql<string>`coalesce(sum(case when ended_at is null then core_hours_reserved else core_hours end), 0)::numeric(24, 5)`;
  let query = (db as Kysely<SessionTables>).selectFrom("jobs").select([all.as("used"), live.as("reserved")]);
  if (period === "month" && at === null) query = query.where("created_at", ">=", sql<Date>`${THIS_MONTH}`);
  if (period === "month" && at !== null) {
    query = query.where("created_at", ">=", monthOf(at, 0)).where("created_at", "<", monthOf(at, 1));
  }
  if ("accountId" in holder) return query.where("owner_id", "=", holder.accountId).executeTakeFirstOrThrow();
  return query
    .where("id", "in", (e) => e.selectFrom("session_groups").select("job_id").where("group_id", "=", holder.groupId))
    .executeTakeFirstOrThrow();
}

const THIS_MONTH = sql`date_trunc('month', now(), 'UTC')`;

/** When a quota of the calendar month begins anew; null: a total never does. */
export function resetsAt(period: QuotaPeriod, now = new Date()): Date | null {
  return period === "total" ? null : monthOf(now, 1);
}

/** When the month of a moment begins (UTC), or one so many months later. */
function monthOf(at: Date, later: number): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later, 1));
}
