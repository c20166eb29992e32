import { sql } from "kysely";
import { paged } from "../accounts/accounts.ts";
import type { ActivityContext } from "./context.ts";
import { eraseSome } from "./erase/erase.ts";
import { figuresOf } from "./figures/queries.ts";
import { lockFigures } from "./ingest/write.ts";
import type { Place } from "./search/place.ts";
import { type Execution, newest } from "./search/queries.ts";

const PAGE = 200;
/** How long one call may go on removing. */
const REMOVE_MS = 5_000;

/** For the export of somebody's data: all that is kept of what they ran. It goes with the account. */
export function accountPart({ db }: Pick<ActivityContext, "db">) {
  const everything = (accountId: number) => ({ accountId, status: null, from: null, to: null });

  async function* executions(accountId: number): AsyncGenerator<object> {
    const page = (before: Place | null) => newest(db, everything(accountId), { before, limit: PAGE });
    for await (const row of paged(page, ({ at_text, id }): Place => ({ at: at_text, id }))) yield exported(row);
  }

  return {
    name: "activity",
    async owned(accountId: number): Promise<Readonly<Record<string, number>>> {
      return { executions: (await figuresOf(db, accountId))?.executions ?? 0 };
    },
    rows: { activity: executions },
    async remove(accountId: number): Promise<boolean> {
      const all = { from: null, to: null, upToId: null };
      for (const until = Date.now() + REMOVE_MS; ; ) {
        const gone = await db.transaction().execute((trx) => eraseSome(trx, accountId, all));
        if (gone === 0) break;
        if (Date.now() > until) return false;
      }
      await db.transaction().execute(async (trx) => {
        await lockFigures(trx, accountId);
        // Also days of which no execution is left: they name the account, which could not be deleted then.
        await sql`delete from activity_days where account_id = ${accountId}`.execute(trx);
        await sql`delete from activity_totals where account_id = ${accountId}`.execute(trx);
      });
      return true;
    },
  };
}

function exported({ at, cell_number, milliseconds, failed, code, error, dropped_before }: Execution): object {
  const status = failed ? "error" : "success";
  return { timestamp: at, cell_number, execution_time_ms: milliseconds, status, code, error, dropped_before };
}
