import type { Config } from "@stoa/server/config/schema.ts";
import { type Check, ok, warn } from "@stoa/server/platform/database/doctor/check.ts";
import type { Opened } from "../database.ts";

const PAGE = "docs/jupyterhub.md";
const UNKNOWN_TABLE = "42P01";

interface Counts {
  readonly waiting: number;
  readonly taken: number;
  readonly missing: number;
  readonly problem: string | null;
}
interface Admins {
  readonly without: string;
}
interface Launches {
  readonly failed: number;
  readonly cause: string | null;
  readonly said: string | null;
}

/** Who waits for a hub user, and what launches came to lately. Changes nothing; nothing where there is no hub. */
export async function hubPeopleChecks(config: Pick<Config, "hub">, database: Opened["database"]): Promise<Check[]> {
  if (config.hub.apiUrl === null) return [];
  const one = async <T>(text: string): Promise<T | null> => {
    const { rows } = await database.pool.query(text).catch((error: { code?: string }) => {
      // A database that no server of this version has opened yet.
      if (error.code === UNKNOWN_TABLE) return { rows: [] };
      throw error;
    });
    return (rows[0] as T | undefined) ?? null;
  };
  const users = await one<Counts>(`
    select count(*) filter (where state = 'wanted' and problem is not null)::int as waiting,
      count(*) filter (where state = 'taken')::int as taken, count(*) filter (where state = 'missing')::int as missing,
      (array_agg(problem order by retry_at desc nulls last) filter (where state = 'wanted' and problem is not null))[1]
        as problem from hub_users`);
  const launches = await one<Launches>(`
    select count(*)::int as failed, (array_agg(cause order by ended_at desc))[1] as cause,
      (array_agg(said order by ended_at desc))[1] as said
    from hub_launches where state = 'failed' and ended_at > now() - interval '1 day'`);
  const admins = await one<Admins>(`
    select coalesce(string_agg(a.username || case u.state when 'taken' then ' (the name is somebody''s at the hub)'
      else ' (the hub has theirs no more)' end, ', ' order by a.id), '') as without
    from accounts a join hub_users u on u.account_id = a.id
    where a.is_admin and a.kind = 'person' and a.status = 'active' and u.state in ('taken', 'missing')`);
  return [
    ...(users === null ? [] : [usersCheck(users)]),
    ...(users === null || admins === null ? [] : [adminsCheck(admins)]),
    ...(launches === null ? [] : [launchesCheck(launches)]),
  ];
}

/** Whoever looks into this tries their own first. */
function adminsCheck({ without }: Admins): Check {
  const name = "administrators at the hub";
  if (without === "") return ok(name, "each has a hub user, or gets one with the first launch");
  return warn(name, without, `Link them in the portal (JupyterHub, Linking). ${PAGE}, User.`);
}

function usersCheck({ waiting, taken, missing, problem }: Counts): Check {
  const name = "people at the hub";
  if (waiting > 0) {
    const found = `${waiting} wait for their hub user: ${problem ?? ""}`;
    return warn(name, found, `They get it once that is mended. ${PAGE}, User.`);
  }
  if (taken + missing === 0) return ok(name, "nobody waits for a hub user");
  const found = `${taken} can't launch because their name is somebody's at the hub; of ${missing} the hub has theirs no more`;
  return warn(name, found, `Link them in the portal (JupyterHub, Linking). ${PAGE}, User.`);
}

function launchesCheck({ failed, cause, said }: Launches): Check {
  const name = "launches";
  if (failed === 0) return ok(name, "none failed within a day");
  const found = `${failed} failed within a day, the last one: ${cause ?? "unknown"}${said ? ` (${said.slice(0, 200)})` : ""}`;
  return warn(name, found, `${PAGE}, Server won't start.`);
}
