import { CronExpressionParser } from "cron-parser";
import type { NewOperation } from "./contract.ts";
import type { OperationDeps } from "./deps.ts";
import { enqueue } from "./enqueue.ts";

interface Schedule {
  readonly name: string;
  readonly cron: string;
  readonly operation: Omit<NewOperation, "idempotencyKey">;
}

export interface Schedules {
  add(name: string, cron: string, operation: Omit<NewOperation, "idempotencyKey">): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const MOST_WAIT_MS = 30_000;
const RETRY_MS = 1_000;

/** The first time after `from` that the line (UTC; five fields, or six with seconds first) names. */
export function nextTick(cron: string, from: Date): Date {
  return CronExpressionParser.parse(cron, { tz: "UTC", currentDate: from }).next().toDate();
}

/**
 * Fires what is due. The row's lock makes it once in the cluster; the operation is written in the same
 * transaction as the next time, so a crash loses none. Times missed while nothing ran fire once, not one by one.
 */
export function createSchedules(deps: OperationDeps): Schedules {
  const schedules = new Map<string, Schedule>();
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;
  let firing: Promise<void> = Promise.resolve();

  const round = async () => {
    const rows = await deps.db
      .selectFrom("operation_schedules")
      .select(["name", "next_at"])
      .where("name", "in", [...schedules.keys()])
      .execute();
    for (const row of rows) {
      const schedule = schedules.get(row.name);
      if (schedule && row.next_at.getTime() <= Date.now() && !stopped) await fire(deps, schedule);
    }
  };

  const run = () => {
    firing = round()
      .then(() => nextAfter(schedules.values()))
      .catch((error) => {
        deps.log.warn({ err: error }, "schedules could not be looked at; trying again");
        return RETRY_MS;
      })
      .then((wait) => {
        if (!stopped) timer = setTimeout(run, wait);
      });
  };

  return {
    add(name, cron, operation) {
      deps.kinds.get(operation.kind);
      nextTick(cron, new Date());
      if (schedules.has(name)) throw new Error(`the schedule ${name} was made twice`);
      schedules.set(name, { name, cron, operation });
    },
    async start() {
      if (schedules.size === 0) return;
      stopped = false;
      for (const schedule of schedules.values()) await keep(deps, schedule);
      run();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await firing;
    },
  };
}

/** Milliseconds until the next tick of any: by this process's clock, the row decides. */
function nextAfter(schedules: Iterable<Schedule>): number {
  const now = new Date();
  const waits = [...schedules].map(({ cron }) => nextTick(cron, now).getTime() - now.getTime());
  return Math.max(10, Math.min(MOST_WAIT_MS, ...waits));
}

/** A changed line counts from now. */
async function keep(deps: OperationDeps, { name, cron, operation }: Schedule): Promise<void> {
  const row = { cron, kind: operation.kind, next_at: nextTick(cron, new Date()) };
  await deps.db
    .insertInto("operation_schedules")
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row).where("operation_schedules.cron", "!=", cron))
    .execute();
}

function fire(deps: OperationDeps, { name, cron, operation }: Schedule): Promise<void> {
  return deps.db.transaction().execute(async (trx) => {
    const now = new Date();
    const due = await trx
      .selectFrom("operation_schedules")
      .select("next_at")
      .where("name", "=", name)
      .where("next_at", "<=", now)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!due) return;
    const row = { next_at: nextTick(cron, now), cron };
    const update = trx.updateTable("operation_schedules").where("name", "=", name);
    const waiting = await trx
      .selectFrom("operations")
      .select("id")
      .where("schedule", "=", name)
      .where("state", "=", "queued")
      .limit(1)
      .executeTakeFirst();
    // The one before has not even begun: another one would only make the line longer.
    if (waiting) {
      await update.set({ ...row, last_skipped_at: now }).execute();
      return;
    }
    const { id } = await enqueue(deps, trx, operation, name);
    await update.set({ ...row, last_at: now, last_operation_id: id }).execute();
  });
}
