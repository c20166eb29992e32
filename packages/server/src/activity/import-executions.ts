import { sql } from "kysely";
import { type LogReading, noteImportedLog } from "../platform/imports/imported-log.ts";
import type { ImportTables } from "../platform/imports/tables.ts";
import type { Platform } from "../platform/platform.ts";
import { contentOf } from "./ingest/prepare.ts";
import { readTimestamp } from "./ingest/read-timestamp.ts";
import { monthOf } from "./months/month.ts";
import { createMonths } from "./months/months.ts";
import { type ActivityDb, type ActivityTables, type ActivityTrx, widen } from "./tables.ts";

/** What tells one execution of another service's from all others, here too. */
export interface ComingKey {
  readonly accountId: number;
  /** A UUID that is the same whenever the old row is read. */
  readonly id: string;
  /** RFC 3339; without an offset in UTC. It must be one that `readTimestamp` reads. */
  readonly timestamp: string;
}

export interface ComingExecution extends ComingKey {
  readonly cellNumber: number | null;
  readonly code: string;
  readonly milliseconds: number;
  readonly failed: boolean;
  readonly error: string | null;
}

/** Times of which somebody has erased what they ran. */
export interface Erased {
  readonly from: Date;
  readonly to: Date;
}

/** Where executions come from, and who brings them. */
export interface ExecutionOrigin {
  readonly source: string;
  readonly by: string;
  readonly reading: LogReading;
}

export interface ExecutionImport {
  /** Of whom came from there, since they came, by their accounts: what is erased does not come again. */
  erased(source: string): Promise<ReadonlyMap<number, readonly Erased[]>>;
  /** Which of these are here, by their ids. */
  known(keys: readonly ComingKey[]): Promise<ReadonlySet<string>>;
  /**
   * Takes them with their figures, in one transaction with its audit entry and how their log is read; what is here, or
   * was erased meanwhile, is passed over. Nobody is told.
   * @returns how many were new
   */
  take(rows: readonly ComingExecution[], origin: ExecutionOrigin): Promise<number>;
}

const NO_PARTITION = "23514";

/** Executions of another service, whatever their age: `contentOf` cuts and mends them as it does what kernels report. */
export function createExecutionImport(platform: Platform): ExecutionImport {
  const db = platform.db.withTables<ActivityTables>();
  const months = createMonths(db);

  async function takeIn(trx: ActivityTrx, source: string, rows: readonly ComingExecution[]): Promise<number> {
    await lockFigures(trx, rows);
    // Whoever had theirs erased since the caller looked has it ended by now, or waits for us.
    const erased = await findErased(trx, source, [...new Set(rows.map(({ accountId }) => accountId))]);
    return insert(
      trx,
      rows.filter(({ accountId, timestamp }) => !isErased(erased.get(accountId), moment(timestamp).at)),
    );
  }

  return {
    erased: (source) => findErased(db, source, null),

    async known(keys) {
      const { rows } = await sql<{ entry_id: string }>`
        select e.entry_id from unnest(${keys.map(({ accountId }) => accountId)}::bigint[],
          ${keys.map(({ id }) => id)}::uuid[], ${keys.map(({ timestamp }) => momentText(timestamp))}::timestamptz[])
          as k (account_id, entry_id, at)
        join activity_executions e using (account_id, entry_id, at)`.execute(db);
      return new Set(rows.map(({ entry_id }) => entry_id));
    },

    async take(rows, { source, by, reading }) {
      if (rows.length === 0) return 0;
      const wanted = new Set(rows.map(({ timestamp }) => monthOf(moment(timestamp).at)));
      for (let attempt = 1; ; attempt += 1) {
        await months.ensure(wanted);
        try {
          return await db.transaction().execute(async (trx) => {
            const taken = await takeIn(widen(trx), source, rows);
            if (taken === 0) return 0;
            await noteImportedLog(trx.withTables<ImportTables>(), source, reading);
            await platform.audit.record(trx, {
              action: "activity.import",
              actor: { accountId: null, label: by, credentialKind: null, credentialId: null },
              subject: { kind: "activity", id: source },
              about: [],
              details: { source, executions: taken },
            });
            return taken;
          });
        } catch (error) {
          // A server dropped a month as too old meanwhile: it is made again.
          if (attempt > 1 || !(error instanceof Error && Reflect.get(error, "code") === NO_PARTITION)) throw error;
          months.forget();
        }
      }
    },
  };
}

/** @param accounts null: everybody who came from there */
async function findErased(
  db: ActivityDb | ActivityTrx,
  source: string,
  accounts: readonly number[] | null,
): Promise<ReadonlyMap<number, readonly Erased[]>> {
  const { rows } = await sql<{ account_id: number; at: Date; details: string }>`
    select i.new_id as account_id, a.at, a.details from audit_entries a
    join imported_things i on i.new_id::text = a.subject_id and i.source = ${source} and i.kind = 'person'
    where a.action = 'activity.erase' and a.subject_kind = 'account' and a.at >= i.at
      and (${accounts}::bigint[] is null or i.new_id = any(${accounts}::bigint[]))`.execute(db);
  const found = new Map<number, Erased[]>();
  for (const row of rows) found.set(row.account_id, [...(found.get(row.account_id) ?? []), erasedBy(row)]);
  return found;
}

/** @param at when it was run */
export function isErased(erased: readonly Erased[] | undefined, at: Date): boolean {
  return erased?.some(({ from, to }) => at >= from && at < to) === true;
}

/** What was run after the erasing was not meant. */
function erasedBy({ at, details }: { readonly at: Date; readonly details: string }): Erased {
  const { from, to } = JSON.parse(details) as { readonly from?: string | null; readonly to?: string | null };
  const end = typeof to === "string" ? Math.min(Date.parse(to), at.getTime()) : at.getTime();
  return { from: new Date(typeof from === "string" ? from : 0), to: new Date(end) };
}

function moment(timestamp: string) {
  const read = readTimestamp(timestamp);
  if (read === null) throw new Error(`there is no time ${timestamp}`);
  return read;
}

function momentText(timestamp: string): string {
  return moment(timestamp).text;
}

/** All of them in order of their numbers, so that two never wait for each other. */
async function lockFigures(trx: ActivityTrx, rows: readonly ComingExecution[]): Promise<void> {
  const ids = [...new Set(rows.map(({ accountId }) => accountId))].sort((a, b) => a - b);
  await sql`insert into activity_totals (account_id)
    select id from unnest(${ids}::bigint[]) as t (id) order by id on conflict do nothing`.execute(trx);
  await sql`select from activity_totals where account_id = any(${ids}::bigint[])
    order by account_id for update`.execute(trx);
}

/** In one statement: the rows, and the days' and the people's figures of those that are new. */
async function insert(trx: ActivityTrx, rows: readonly ComingExecution[]): Promise<number> {
  if (rows.length === 0) return 0;
  const kept = rows.map((row) => ({
    accountId: row.accountId,
    atText: momentText(row.timestamp),
    ...contentOf({
      id: row.id,
      timestamp: row.timestamp,
      cell_number: row.cellNumber,
      code: row.code,
      execution_time_ms: row.milliseconds,
      status: row.failed ? "error" : "success",
      error_message: row.error,
    }),
  }));
  const column = <K extends keyof (typeof kept)[number]>(key: K) => kept.map((row) => row[key]);
  const result = await sql<{ taken: number }>`
    with fresh as (
      insert into activity_executions
        (account_id, at, entry_id, milliseconds, cell_number, failed, cut, code, error, folded)
      select e.account_id, e.at, e.entry_id, e.milliseconds, e.cell_number, e.failed, e.cut, e.code, e.error, e.folded
      from unnest(${column("accountId")}::bigint[], ${column("atText")}::timestamptz[], ${column("entryId")}::uuid[],
        ${column("milliseconds")}::int[], ${column("cellNumber")}::int[], ${column("failed")}::boolean[],
        ${column("cut")}::boolean[], ${column("code")}::text[], ${column("error")}::text[], ${column("folded")}::text[])
        with ordinality as e (account_id, at, entry_id, milliseconds, cell_number, failed, cut, code, error, folded, n)
      order by e.at, e.n
      on conflict do nothing
      returning account_id, at, milliseconds, failed
    ), days as (
      insert into activity_days (account_id, day, executions, errors, milliseconds, last_at)
      select account_id, (at at time zone 'UTC')::date, count(*), count(*) filter (where failed), sum(milliseconds), max(at)
      from fresh group by 1, 2
      on conflict (account_id, day) do update set
        executions = activity_days.executions + excluded.executions,
        errors = activity_days.errors + excluded.errors,
        milliseconds = activity_days.milliseconds + excluded.milliseconds,
        last_at = greatest(activity_days.last_at, excluded.last_at)
      returning executions
    ), people as (
      select account_id, count(*) as executions, count(*) filter (where failed) as errors,
        sum(milliseconds) as milliseconds, max(at) as last_at
      from fresh group by 1
    ), totals as (
      update activity_totals t set executions = t.executions + p.executions, errors = t.errors + p.errors,
        milliseconds = t.milliseconds + p.milliseconds, last_at = greatest(t.last_at, p.last_at)
      from people p where t.account_id = p.account_id
      returning t.executions
    )
    select coalesce(sum(executions), 0)::int as taken from people`.execute(trx);
  return result.rows[0]?.taken ?? 0;
}
