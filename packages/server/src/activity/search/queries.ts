import { type RawBuilder, sql } from "kysely";
import type { ActivityDb, ActivityTrx } from "../tables.ts";
import type { Place } from "./place.ts";

/** Which executions are meant, the text left out. */
export interface Filter {
  /** Null: everybody's. */
  readonly accountId: number | null;
  readonly status: "success" | "error" | null;
  /** From this time on. */
  readonly from: Date | null;
  /** Before this time. */
  readonly to: Date | null;
}

export interface Execution {
  readonly id: number;
  readonly at: Date;
  /** To the microsecond: its place. */
  readonly at_text: string;
  readonly account_id: number;
  readonly cell_number: number | null;
  readonly milliseconds: number;
  readonly dropped_before: number | null;
  readonly failed: boolean;
  readonly cut: boolean;
  readonly code: string;
  readonly error: string | null;
}

const columns = sql`id, at, at::text as at_text, account_id, cell_number, milliseconds, dropped_before, failed, cut,
  code, error`;

function conditions({ accountId, status, from, to }: Filter, before: Place | null): RawBuilder<unknown> {
  const all = [
    ...(accountId === null ? [] : [sql`account_id = ${accountId}`]),
    ...(status === null ? [] : [status === "error" ? sql`failed` : sql`not failed`]),
    ...(from === null ? [] : [sql`at >= ${from.toISOString()}::timestamptz`]),
    ...(to === null ? [] : [sql`at < ${to.toISOString()}::timestamptz`]),
    // The first half alone tells the planner which months to leave out.
    ...(before === null
      ? []
      : [sql`at <= ${before.at}::timestamptz`, sql`(at, id) < (${before.at}::timestamptz, ${before.id}::bigint)`]),
  ];
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

/** The newest, without a text to look for. */
export async function newest(
  db: ActivityDb | ActivityTrx,
  filter: Filter,
  page: { readonly before: Place | null; readonly limit: number },
): Promise<Execution[]> {
  const { rows } = await sql<Execution>`select ${columns} from activity_executions
    where ${conditions(filter, page.before)}
    order by activity_executions.at desc, id desc limit ${page.limit}`.execute(db);
  return rows;
}

/** The newest but so many, which are passed over in the index alone. */
export async function newestAfter(
  db: ActivityDb,
  filter: Filter,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<Execution[]> {
  if (offset === 0) return newest(db, filter, { before: null, limit });
  const before = await endOfNext(db, filter, { before: null, rows: offset });
  return before === null ? [] : newest(db, filter, { before, limit });
}

export interface Read {
  /** Newest first. */
  readonly hits: readonly Place[];
  /** How far it has read; null: there was nothing left. */
  readonly end: Place | null;
  readonly read: number;
}

/** Reads so many of the newest, and says which have the text. What is frequent is found at once. */
export async function readNewest(
  trx: ActivityTrx,
  filter: Filter,
  search: { readonly pattern: string; readonly before: Place | null; readonly rows: number; readonly limit: number },
): Promise<Read> {
  const { rows } = await sql<Place & { hit: boolean; n: number }>`
    select at::text as at, id, hit, n::int as n from (
      select at, id, hit, row_number() over newest_first as n, count(*) over () as total,
        sum(hit::int) over newest_first as hits
      from (
        select at, id, folded like ${search.pattern} as hit from activity_executions
        where ${conditions(filter, search.before)} order by at desc, id desc limit ${search.rows}
      ) as newest
      window newest_first as (order by at desc, id desc)
    ) as counted where hit and hits <= ${search.limit} or n = total
    order by n`.execute(trx);
  const last = rows.at(-1);
  return {
    hits: rows.filter(({ hit }) => hit).slice(0, search.limit),
    end: last === undefined ? null : { at: last.at, id: last.id },
    read: last?.n ?? 0,
  };
}

/** Where so many of the next ones end; null: there are not so many. */
export async function endOfNext(
  db: ActivityDb | ActivityTrx,
  filter: Filter,
  next: { readonly before: Place | null; readonly rows: number },
): Promise<Place | null> {
  const { rows } = await sql<Place>`select at::text as at, id from activity_executions
    where ${conditions(filter, next.before)}
    order by activity_executions.at desc, id desc offset ${next.rows - 1} limit 1`.execute(db);
  return rows[0] ?? null;
}

/** Those between two places that have the text, however the database finds them: by its index, or page by page. */
export async function findBetween(
  trx: ActivityTrx,
  filter: Filter,
  search: {
    readonly pattern: string;
    readonly before: Place | null;
    /** With this one; null: to the oldest. */
    readonly from: Place | null;
    readonly limit: number;
  },
): Promise<Place[]> {
  const from =
    search.from === null
      ? sql`true`
      : sql`at >= ${search.from.at}::timestamptz and (at, id) >= (${search.from.at}::timestamptz, ${search.from.id}::bigint)`;
  // All of them before any order: asked for the newest few, the planner would read newest first, in vain.
  const { rows } = await sql<Place>`
    with found as materialized (
      select at, id from activity_executions
      where ${conditions(filter, search.before)} and ${from} and folded like ${search.pattern}
    ) select at::text as at, id from found order by found.at desc, id desc limit ${search.limit}`.execute(trx);
  return rows;
}

/** Whole, newest first. */
export async function executionsAt(db: ActivityDb | ActivityTrx, places: readonly Place[]): Promise<Execution[]> {
  if (places.length === 0) return [];
  const { rows } = await sql<Execution>`select ${columns} from activity_executions
    where at = any(${places.map(({ at }) => at)}::timestamptz[]) and id = any(${places.map(({ id }) => id)}::bigint[])
    order by activity_executions.at desc, id desc`.execute(db);
  return rows;
}
