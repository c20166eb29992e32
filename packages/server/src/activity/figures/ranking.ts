import { type RawBuilder, sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { ActivityDb } from "../tables.ts";
import type { PersonFigures } from "./queries.ts";

export const RANKS = ["last", "executions", "errors", "average"] as const;
export type Rank = (typeof RANKS)[number];

/** What people are put in order by, as a number: what is most comes first. */
const values: Readonly<Record<Rank, RawBuilder<unknown>>> = {
  last: sql`coalesce(extract(epoch from t.last_at), 0)::numeric`,
  executions: sql`t.executions::numeric`,
  errors: sql`t.errors::numeric`,
  average: sql`round(t.milliseconds::numeric / t.executions, 4)`,
};

interface RankedPage {
  readonly rank: Rank;
  /** Null: everybody's. */
  readonly accountId: number | null;
  readonly cursor: string | undefined;
  readonly limit: number;
}
interface Ranked extends PersonFigures {
  readonly value: string;
}

/** Everybody's figures who has reported something, in order. @throws StoaError invalid for a cursor that is none of ours */
export async function rankedPage(
  db: ActivityDb,
  { rank, accountId, cursor, limit }: RankedPage,
): Promise<{ readonly items: readonly PersonFigures[]; readonly next: string | null }> {
  const value = values[rank];
  const place = placeOf(cursor);
  const before =
    place === null ? sql`true` : sql`(${value}, t.account_id) < (${place.value}::numeric, ${place.id}::bigint)`;
  const whose = accountId === null ? sql`true` : sql`t.account_id = ${accountId}`;
  const { rows } = await sql<Ranked>`
    select t.account_id, t.executions, t.errors, t.milliseconds, t.last_at, coalesce(d.executions, 0) as today,
      ${value}::text as value
    from activity_totals t
    left join activity_days d on d.account_id = t.account_id and d.day = (now() at time zone 'UTC')::date
    where t.executions > 0 and ${whose} and ${before}
    order by ${value} desc, t.account_id desc limit ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? `${last.value}_${last.account_id}` : null };
}

function placeOf(cursor: string | undefined): { readonly value: string; readonly id: number } | null {
  if (cursor === undefined || cursor === "") return null;
  const [, value, id] = /^(\d{1,20}(?:\.\d{1,10})?)_(\d{1,15})$/.exec(cursor) ?? [];
  if (value === undefined || id === undefined) {
    throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  }
  return { value, id: Number(id) };
}
