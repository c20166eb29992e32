import { sql } from "kysely";
import type { HubDb } from "../tables.ts";

/** Milliseconds around our own asking in which activity on the network is ours: the hub's proxy counts that call too. */
const BEFORE_MS = 3_000;
const AFTER_MS = 10_000;
const BATCH = 1_000;

/** Of each server; the hub may tell of activity minutes later. */
export const ASKINGS_KEPT = 30;

/** Whether that activity was our asking a server for its kernels, once of these times. All by the hub's clock. */
export function isOurAsking(at: Date, askedAt: readonly Date[]): boolean {
  return askedAt.some((asked) => {
    const since = at.getTime() - asked.getTime();
    return since >= -BEFORE_MS && since <= AFTER_MS;
  });
}

/** When a server was used last, as the hub has it. */
export interface Activity {
  readonly userName: string;
  readonly server: string;
  readonly at: Date;
}

/** Notes newer activity of servers that are there, many at once. */
export async function noteActivities(db: HubDb, activities: readonly Activity[]): Promise<void> {
  for (let from = 0; from < activities.length; from += BATCH) {
    const batch = activities.slice(from, from + BATCH);
    await sql`
      update hub_servers s set last_activity = v.at,
        network_at = case when exists (
          select from unnest(s.asked_at) as asked (at)
          where v.at between asked.at - make_interval(secs => ${BEFORE_MS / 1_000})
            and asked.at + make_interval(secs => ${AFTER_MS / 1_000})
        ) then s.network_at else v.at end
      from unnest(
        ${batch.map(({ userName }) => userName)}::text[],
        ${batch.map(({ server }) => server)}::text[],
        ${batch.map(({ at }) => at.toISOString())}::timestamptz[]
      ) as v (user_name, server, at)
      where s.user_name = v.user_name and s.server = v.server and s.state <> 'stopped'
        and (s.last_activity is null or s.last_activity < v.at)`.execute(db);
  }
}
