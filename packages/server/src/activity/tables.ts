import type { ColumnType, Generated, Kysely, Transaction } from "kysely";
import type { PlatformTables, Trx } from "../platform/database/database.ts";

/** Times in milliseconds, days in UTC. */
export type ActivityTables = {
  activity_totals: {
    account_id: number;
    executions: Generated<number>;
    errors: Generated<number>;
    milliseconds: Generated<number>;
    last_at: Date | null;
    /** What was taken on that day (UTC), whenever it ran. */
    taken_day: ColumnType<Date | null, never, never>;
    taken_entries: Generated<number>;
    taken_bytes: Generated<number>;
  };
  activity_days: {
    account_id: number;
    day: ColumnType<Date, string, never>;
    executions: number;
    errors: number;
    milliseconds: number;
    last_at: Date;
  };
  /** In months (`months/`). Found by `at` and `id`: by `id` alone every month is looked through. */
  activity_executions: {
    id: Generated<number>;
    account_id: number;
    at: Date;
    entry_id: string;
    milliseconds: number;
    cell_number: number | null;
    dropped_before: number | null;
    failed: boolean;
    cut: boolean;
    code: string;
    error: string | null;
    folded: string;
  };
};

export type ActivityDb = Kysely<PlatformTables & ActivityTables>;
export type ActivityTrx = Transaction<PlatformTables & ActivityTables>;

/** The same transaction, seen with this domain's tables. */
export function widen(trx: Pick<Trx, "withTables">): ActivityTrx {
  return trx.withTables<ActivityTables>() as ActivityTrx;
}
