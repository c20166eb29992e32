import { sql } from "kysely";
import type { ActivityDb } from "../tables.ts";
import { beginOf, type Month, monthOfTable, tableOf } from "./month.ts";

/** The parts of the table of executions, one a month. */
export interface Months {
  /** Makes those of these that aren't there. Safe beside other processes. */
  ensure(months: Iterable<Month>): Promise<void>;
  /** Those that are there, newest first. */
  list(): Promise<Month[]>;
  /** Takes the month away with all that is in it. It is not there: nothing. */
  drop(month: Month): Promise<void>;
  /** What was known of them is looked up anew: another process has taken some away. */
  forget(): void;
}

/** Taken while a month is made or dropped. */
const MONTHS_LOCK = 5_107_300;
/** Whoever writes or reads waits behind a drop that waits: it tries again instead. */
const DROP_PATIENCE_MS = 3_000;

export function createMonths(db: ActivityDb): Months {
  const known = new Set<Month>();

  async function list(): Promise<Month[]> {
    const { rows } = await sql<{ name: string }>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'activity_executions'::regclass`.execute(db);
    return rows.flatMap(({ name }) => monthOfTable(name) ?? []).sort((a, b) => b - a);
  }

  async function make(month: Month): Promise<void> {
    const name = sql.table(tableOf(month));
    const [from, to] = [beginOf(month), beginOf(month + 1)].map((at) => sql.lit(at.toISOString()));
    await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${MONTHS_LOCK})`.execute(trx);
      const there = await sql<{ there: boolean }>`select to_regclass(${tableOf(month)}) is not null as there`.execute(
        trx,
      );
      if (there.rows[0]?.there) return;
      // Attached: made as a part at once it would wait for all who read or write, and they for it.
      await sql`create table ${name} (like activity_executions including all)`.execute(trx);
      await sql`alter table activity_executions attach partition ${name} for values from (${from}) to (${to})`.execute(
        trx,
      );
    });
  }

  return {
    list,
    async ensure(months) {
      const missing = [...new Set(months)].filter((month) => !known.has(month));
      if (missing.length === 0) return;
      const there = new Set(await list());
      for (const month of missing.sort((a, b) => a - b)) {
        if (!there.has(month)) await make(month);
        known.add(month);
      }
    },
    async drop(month) {
      known.delete(month);
      await db.transaction().execute(async (trx) => {
        await sql`set local lock_timeout = ${sql.lit(DROP_PATIENCE_MS)}`.execute(trx);
        await sql`select pg_advisory_xact_lock(${MONTHS_LOCK})`.execute(trx);
        await sql`drop table if exists ${sql.table(tableOf(month))}`.execute(trx);
      });
    },
    forget: () => known.clear(),
  };
}
