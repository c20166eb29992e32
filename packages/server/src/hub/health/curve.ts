import { sql } from "kysely";
import type { HubDb } from "../tables.ts";
import { FINE_OUTCOMES } from "./call-log.ts";
import { LAUNCH_CALL } from "./figures.ts";

/** Minutes of one point. */
const STEP = 30;
const POINTS = 48;

export interface CurvePoint {
  /** Where its half hour begins. */
  readonly at: Date;
  readonly calls: number;
  readonly fine: number;
  /** Milliseconds; null: nothing was called. */
  readonly mean_ms: number | null;
  /** Launches that ended, without those that somebody cancelled. */
  readonly launches: number;
  readonly launches_ok: number;
}

/** The last day in half hours, oldest first, the present one included; all servers' together. */
export async function dayCurve(db: HubDb): Promise<CurvePoint[]> {
  const { rows } = await sql<CurvePoint>`
    with points as (
      select date_bin(make_interval(mins => ${STEP}), now(), 'epoch') - make_interval(mins => ${STEP} * n) as at
      from generate_series(0, ${POINTS - 1}) as n
    )
    select p.at,
      coalesce(sum(c.calls) filter (where c.call <> ${LAUNCH_CALL}), 0)::int as calls,
      coalesce(sum(c.calls) filter (where c.call <> ${LAUNCH_CALL}
        and c.outcome = any(${[...FINE_OUTCOMES]}::text[])), 0)::int as fine,
      round(sum(c.milliseconds) filter (where c.call <> ${LAUNCH_CALL})
        / nullif(sum(c.calls) filter (where c.call <> ${LAUNCH_CALL}), 0))::int as mean_ms,
      coalesce(sum(c.calls) filter (where c.call = ${LAUNCH_CALL} and c.outcome <> 'cancelled'), 0)::int as launches,
      coalesce(sum(c.calls) filter (where c.call = ${LAUNCH_CALL} and c.outcome = 'ok'), 0)::int as launches_ok
    from points p
    left join hub_calls c on c.minute >= p.at and c.minute < p.at + make_interval(mins => ${STEP})
    group by p.at order by p.at`.execute(db);
  return rows;
}
