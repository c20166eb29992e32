import { sql } from "kysely";
import type { SessionsDb } from "../tables.ts";

/** Of a person or of a group. */
export interface SpentQuota {
  readonly accountId: number | null;
  readonly groupId: number | null;
  readonly setAt: Date;
  /** Nothing is allowed: none were there to be used up. */
  readonly none: boolean;
}

/** Quotas that are used up, the first set first. */
export type SpentQuotas = (db: SessionsDb, most: number) => Promise<readonly SpentQuota[]>;

/**
 * Milliseconds in which not all quotas are looked through again. Each costs a look at its owner's sessions, 10 µs: a
 * fifth of a second for 20,000, whichever way it is asked (grouped by owner it takes longer; an index that holds the
 * hours halves it, and makes each start and end dearer).
 */
const SEARCHED_EVERY_MS = 30_000;

/**
 * Remembers which were found: those alone are looked at until the next search, so that who was given more is not shown
 * any more at once, and whose hours run out is half a minute later at most.
 */
export function createSpentQuotas(now: () => number = () => performance.now()): SpentQuotas {
  let found: { readonly at: number; readonly most: number; readonly ids: readonly number[] } | null = null;
  return async (db, most) => {
    if (found !== null && found.most >= most && now() - found.at < SEARCHED_EVERY_MS) {
      return found.ids.length === 0 ? [] : readSpent(db, most, found.ids);
    }
    const at = now();
    const rows = await readSpent(db, most, null);
    found = { at, most, ids: rows.map(({ id }) => id) };
    return rows;
  };
}

/** @param ids of these alone; null: of all */
async function readSpent(db: SessionsDb, most: number, ids: readonly number[] | null) {
  const used = sql`case when j.ended_at is null then j.core_hours_reserved else j.core_hours end`;
  const counts = sql`(q.period = 'total' or j.created_at >= date_trunc('month', now(), 'UTC'))`;
  const these = ids === null ? sql`true` : sql`q.id = any(${[...ids]}::bigint[])`;
  const { rows } = await sql<SpentQuota & { readonly id: number }>`
    select q.id, q.account_id as "accountId", q.group_id as "groupId", q.set_at as "setAt",
      q.allowed = 0 as "none" from core_hour_quotas q
    where ${these} and q.allowed <= case
      when q.account_id is not null then
        (select coalesce(sum(${used}), 0) from jobs j where j.owner_id = q.account_id and ${counts})
      else (select coalesce(sum(${used}), 0) from session_groups s join jobs j on j.id = s.job_id
        where s.group_id = q.group_id and ${counts})
    end
    order by q.id limit ${most}`.execute(db);
  return rows;
}
