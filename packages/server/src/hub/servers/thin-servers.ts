import { sql } from "kysely";
import type { HubDb } from "../tables.ts";

/** Days that a named server which has ended is remembered. */
const ENDED_DAYS = 30;

/**
 * Forgets named servers that ended long ago: whoever makes up names leaves a row of each. The default one's stays, as
 * do those that somebody wants ended, and those whose launch is still told of.
 * @param most rows of one batch
 * @returns how many went
 */
export async function thinServers(db: HubDb, most: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from hub_servers where ctid = any(array(
      select s.ctid from hub_servers s
      where s.state = 'stopped' and s.server <> '' and s.stop_wanted is null
        and coalesce(s.stopped_at, s.changed_at) < now() - make_interval(days => ${ENDED_DAYS})
        and not exists (
          select from hub_users u join hub_launches l on l.account_id = u.account_id and l.server = s.server
          where u.name = s.user_name)
      limit ${most} for update skip locked))`.execute(db);
  return Number(numAffectedRows);
}
