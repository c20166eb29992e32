import { sql } from "kysely";
import type { HubDb } from "../tables.ts";
import { FINE_OUTCOMES } from "./call-log.ts";
import { LAUNCH_CALL } from "./figures.ts";

/** Whose answers are what is noted of users and servers; one of the others may fail at a hub that is well. */
const LOOKS = ["users", "user", "self"];
/** A hub that refuses our token tells its version all the same. */
const TELLS_NOTHING = ["version", LAUNCH_CALL];
/** Minutes; a hub that can't be heard is asked all the time. */
const RECENT = 10;
/** Days for which figures are kept. */
const KEPT = 8;

export interface HubSilence {
  /** To the minute; null: not for days, or never. */
  readonly heardAt: Date | null;
}

/**
 * Whether the hub can't be heard, and what is noted of its servers is old: by the calls of all servers of the cluster.
 * Calls of one minute are not told apart, so one that is answered within it counts for the whole.
 * @returns null: it answers, or nobody asks it
 */
export async function hubSilence(db: HubDb): Promise<HubSilence | null> {
  const fine = sql`${[...FINE_OUTCOMES]}::text[]`;
  const { rows } = await sql<{ heard: Date | null; failed: Date | null }>`select
    (select max(minute) from hub_calls where minute > now() - make_interval(mins => ${RECENT})
      and call = any(${LOOKS}::text[]) and outcome <> all(${fine})) as failed,
    (select minute from hub_calls where minute > now() - make_interval(days => ${KEPT})
      and call <> all(${TELLS_NOTHING}::text[]) and outcome = any(${fine}) order by minute desc limit 1) as heard`.execute(
    db,
  );
  const { heard = null, failed = null } = rows[0] ?? {};
  return failed === null || (heard !== null && heard >= failed) ? null : { heardAt: heard };
}
