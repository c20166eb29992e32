import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { ActivityContext } from "../context.ts";
import { monthOf } from "../months/month.ts";
import type { ActivityTrx } from "../tables.ts";
import type { Prepared } from "./prepare.ts";
import { admitVolume } from "./volume.ts";

export interface Written {
  /** New ones; the others were there already. */
  readonly taken: number;
  /** Of those, without the end of their code or message. */
  readonly cut: number;
}

const today = sql`(now() at time zone 'UTC')::date`;
const NO_PARTITION = "23514";
const LOG = { what: "The activity log" };
const LOCK_NOT_AVAILABLE = "55P03";
/** Another process writes for the same person, or a month is dropped: whoever waits longer gives the connection back. */
const PATIENCE_MS = 3_000;

/**
 * Keeps executions of one person, with their figures, and tells that person's pages: all in one transaction. What is
 * there already is passed over.
 */
export async function writeExecutions(
  context: Pick<ActivityContext, "db" | "months" | "platform">,
  accountId: number,
  entries: readonly Prepared[],
): Promise<Written> {
  if (entries.length === 0) return { taken: 0, cut: 0 };
  const months = new Set(entries.map(({ at }) => monthOf(at)));
  for (let attempt = 1; ; attempt += 1) {
    await context.months.ensure(months);
    try {
      return await context.db.transaction().execute((trx) => writeIn(context, trx, accountId, entries));
    } catch (error) {
      if (hasCode(error, LOCK_NOT_AVAILABLE)) throw new StoaError("unavailable", { details: LOG, cause: error });
      // Another process has dropped a month that this one believed in: it is made again.
      if (attempt > 1 || !hasCode(error, NO_PARTITION)) throw error;
      context.months.forget();
    }
  }
}

async function writeIn(
  { platform }: Pick<ActivityContext, "platform">,
  trx: ActivityTrx,
  accountId: number,
  entries: readonly Prepared[],
): Promise<Written> {
  await sql`set local lock_timeout = ${sql.lit(PATIENCE_MS)}`.execute(trx);
  await lockFigures(trx, accountId);
  await admitVolume(trx, accountId, entries, platform.config.activity);
  const written = await insert(trx, accountId, await withoutMovedAgain(trx, accountId, entries));
  if (written.taken > 0) {
    await platform.events.publish(trx, {
      type: "activity.changed",
      subject: { kind: "account", id: String(accountId) },
      audience: [accountId],
      isPrivate: true,
      data: { taken: written.taken },
    });
  }
  return written;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && Reflect.get(error, "code") === code;
}

/** Whoever changes a person's executions does it alone: the figures are what is kept. */
export async function lockFigures(trx: ActivityTrx, accountId: number): Promise<void> {
  await sql`insert into activity_totals (account_id) values (${accountId}) on conflict do nothing`.execute(trx);
  await sql`select from activity_totals where account_id = ${accountId} for update`.execute(trx);
}

/** Entries whose clock was ahead have another time when they come again: they are known by their id alone. */
async function withoutMovedAgain(
  trx: ActivityTrx,
  accountId: number,
  entries: readonly Prepared[],
): Promise<readonly Prepared[]> {
  const moved = entries.filter((entry) => entry.moved).map(({ entryId }) => entryId);
  if (moved.length === 0) return entries;
  const { rows } = await sql<{ entry_id: string }>`select entry_id from activity_executions
    where account_id = ${accountId} and entry_id = any(${moved}::uuid[])`.execute(trx);
  const there = new Set(rows.map(({ entry_id }) => entry_id));
  return entries.filter(({ entryId, moved: isMoved }) => !isMoved || !there.has(entryId));
}

/** In one statement: the rows, and the days' and the person's figures of those that are new. */
async function insert(trx: ActivityTrx, accountId: number, entries: readonly Prepared[]): Promise<Written> {
  const column = <K extends keyof Prepared>(key: K) => entries.map((entry) => entry[key]);
  const { rows } = await sql<{ taken: number; cut: number }>`
    with fresh as (
      insert into activity_executions
        (account_id, at, entry_id, milliseconds, cell_number, dropped_before, failed, cut, code, error, folded)
      select ${accountId}, e.at, e.entry_id, e.milliseconds, e.cell_number, e.dropped_before, e.failed, e.cut,
        e.code, e.error, e.folded
      from unnest(${column("atText")}::timestamptz[], ${column("entryId")}::uuid[], ${column("milliseconds")}::int[],
        ${column("cellNumber")}::int[], ${column("droppedBefore")}::int[], ${column("failed")}::boolean[],
        ${column("cut")}::boolean[], ${column("code")}::text[], ${column("error")}::text[], ${column("folded")}::text[])
        with ordinality as e (at, entry_id, milliseconds, cell_number, dropped_before, failed, cut, code, error, folded, n)
      order by e.n
      on conflict do nothing
      returning at, milliseconds, failed, cut,
        octet_length(code) + coalesce(octet_length(error), 0) + octet_length(folded) as bytes
    ), days as (
      insert into activity_days (account_id, day, executions, errors, milliseconds, last_at)
      select ${accountId}, (at at time zone 'UTC')::date, count(*), count(*) filter (where failed),
        sum(milliseconds), max(at)
      from fresh group by 2
      on conflict (account_id, day) do update set
        executions = activity_days.executions + excluded.executions,
        errors = activity_days.errors + excluded.errors,
        milliseconds = activity_days.milliseconds + excluded.milliseconds,
        last_at = greatest(activity_days.last_at, excluded.last_at)
      returning executions
    ), of_all as (
      select count(*) as executions, count(*) filter (where failed) as errors, count(*) filter (where cut) as cut,
        coalesce(sum(milliseconds), 0) as milliseconds, max(at) as last_at,
        coalesce(sum(bytes), 0) as bytes from fresh
    ), totals as (
      update activity_totals t set executions = t.executions + f.executions, errors = t.errors + f.errors,
        milliseconds = t.milliseconds + f.milliseconds, last_at = greatest(t.last_at, f.last_at),
        taken_day = ${today},
        taken_entries = case when t.taken_day = ${today} then t.taken_entries else 0 end + f.executions,
        taken_bytes = case when t.taken_day = ${today} then t.taken_bytes else 0 end + f.bytes
      from of_all f where t.account_id = ${accountId} and f.executions > 0
      returning t.executions
    )
    select executions::int as taken, cut::int as cut from of_all`.execute(trx);
  return rows[0] ?? { taken: 0, cut: 0 };
}
