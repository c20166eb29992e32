import { sql } from "kysely";
import type { AccountsDb } from "./tables.ts";

/** Somebody whose account an operator should know of. */
export interface AccountDue {
  readonly id: number;
  readonly username: string;
  readonly at: Date;
}

/** What the operators' overview asks of accounts. */
export interface AccountFigures {
  /** Registered, and not confirmed: how many, and the newest. */
  pending(): Promise<{ readonly count: number; readonly newest: AccountDue | null }>;
  /** Whose deletion is due within so many days, or overdue; the first to come first. */
  deletions(withinDays: number, most: number): Promise<readonly AccountDue[]>;
}

export function accountFigures(db: AccountsDb): AccountFigures {
  return {
    async pending() {
      const rows = await db
        .selectFrom("accounts")
        .select(["id", "username", "created_at as at", sql<number>`count(*) over ()::int`.as("count")])
        .where("status", "=", "pending")
        .where("deleted_at", "is", null)
        .orderBy("id", "desc")
        .limit(1)
        .execute();
      const [newest] = rows;
      return { count: newest?.count ?? 0, newest: newest ?? null };
    },
    async deletions(withinDays, most) {
      const rows = await db
        .selectFrom("accounts")
        .select(["id", "username", "deletion_due_at as at"])
        .where("deletion_due_at", "<", sql<Date>`now() + make_interval(days => ${withinDays})`)
        .where("deleted_at", "is", null)
        .orderBy("deletion_due_at")
        .limit(most)
        .execute();
      return rows.flatMap(({ id, username, at }) => (at === null ? [] : [{ id, username, at }]));
    },
  };
}
