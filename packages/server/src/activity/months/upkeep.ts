import { sql } from "kysely";
import type { OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import type { ActivityContext } from "../context.ts";
import { sumUp } from "../figures/queries.ts";
import { type ActivityTrx, widen } from "../tables.ts";
import { beginOf, type Month, monthOf, oldestKept } from "./month.ts";

const UPKEEP = "activity.upkeep";
const AHEAD = 3;
/** People whose figures are held at once: a moment, in which their reports wait. */
export const PEOPLE_AT_ONCE = 20;

type Context = Pick<ActivityContext, "months" | "platform">;

/** Nightly: the next months are made, those that are kept no longer are dropped whole, with their figures. */
export function upkeepKind(context: Context): OperationKind {
  return {
    ...{ kind: UPKEEP, attempts: 5, heartbeatSeconds: 60, expireSeconds: 900, concurrency: 1, exclusive: true },
    async run(run) {
      const now = new Date();
      await makeAhead(context, now);
      const oldest = oldestKept(now, context.platform.config.activity.keptMonths);
      const old = (await context.months.list()).filter((month) => month < oldest);
      for (const month of old) await context.months.drop(month);
      // Also when nothing was dropped now: it may have been by a run that was killed before this.
      if (Number.isFinite(oldest)) await forgetFigures(run, oldest);
      return { dropped: old.length };
    },
  };
}

/** This month and the next ones. */
export async function makeAhead({ months }: Pick<Context, "months">, now = new Date()): Promise<void> {
  await months.ensure(Array.from({ length: AHEAD + 1 }, (_, ahead) => monthOf(now) + ahead));
}

async function forgetFigures(run: Pick<OperationRun, "signal" | "step">, oldest: Month): Promise<void> {
  const first = beginOf(oldest).toISOString().slice(0, 10);
  for (let done = PEOPLE_AT_ONCE; done === PEOPLE_AT_ONCE; ) {
    run.signal.throwIfAborted();
    done = await run.step(null, (trx) => forgetSome(widen(trx), first));
  }
}

/** Of some people, held in one order, so that nobody waits for each other. @returns how many people that were */
async function forgetSome(trx: ActivityTrx, first: string): Promise<number> {
  const { rows } = await sql<{ account_id: number }>`
    select distinct account_id from activity_days where day < ${first}::date
    order by account_id limit ${PEOPLE_AT_ONCE}`.execute(trx);
  const ids = rows.map(({ account_id }) => account_id);
  if (ids.length === 0) return 0;
  await sql`select from activity_totals where account_id = any(${ids}::bigint[])
    order by account_id for update`.execute(trx);
  await sql`delete from activity_days where account_id = any(${ids}::bigint[]) and day < ${first}::date`.execute(trx);
  await sumUp(trx, ids);
  return ids.length;
}

/** In UTC, after midnight: the month may just have changed. */
export function scheduleUpkeep({ platform: { operations } }: Pick<Context, "platform">): void {
  const all = { subject: { kind: "activity", id: "all" }, actor: { accountId: null, label: "schedule" }, input: {} };
  operations.schedule(UPKEEP, "17 1 * * *", { kind: UPKEEP, ...all });
}
