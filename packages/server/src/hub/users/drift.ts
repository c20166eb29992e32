import { sql } from "kysely";
import type { HubDb, ServerState } from "../tables.ts";
import type { Whose } from "./link-queries.ts";

/** The first of each kind that are told one by one; the lists have them all. */
const MOST = 50;
/** Seconds between our asking for a user and its being made, at most; what the hub made then is ours by another name. */
const RENAMED_WITHIN = 120;

/** Somebody whose user the hub has no longer. */
export interface MissingUser {
  readonly account: Whose;
  readonly name: string;
  /** Names of nobody's users that were made when theirs was: perhaps renamed at the hub. */
  readonly perhaps_now: readonly string[];
}
/** A user of the hub that is nobody's here. */
export interface OrphanUser {
  readonly name: string;
  readonly is_admin: boolean;
  readonly last_activity: Date | null;
  readonly servers: number;
}
export interface NobodysServer {
  readonly user_name: string;
  readonly server: string;
  readonly state: ServerState;
  readonly started_at: Date | null;
  readonly last_activity: Date | null;
}

export interface Drift {
  /** When all users were listed last; null: never, so that what is missing is not known. */
  readonly listedAt: Date | null;
  readonly missing: { readonly count: number; readonly items: readonly MissingUser[] };
  /** Those with a server that runs first. */
  readonly orphans: { readonly count: number; readonly items: readonly OrphanUser[] };
  readonly servers: { readonly count: number; readonly items: readonly NobodysServer[] };
}

/** Where the hub and what is kept here do not agree. Nothing of it is mended by itself: whose something is, people know. */
export async function readDrift(db: HubDb): Promise<Drift> {
  const [listed, missing, orphans, servers] = await Promise.all([
    sql<{ at: Date | null }>`select max(seen_at) as at from hub_seen_users`.execute(db),
    missingUsers(db),
    orphanUsers(db),
    nobodysServers(db),
  ]);
  return { listedAt: listed.rows[0]?.at ?? null, missing, orphans, servers };
}

type Counted<T> = T & { readonly total: number };

function counted<T>(rows: readonly Counted<T>[]) {
  return { count: rows[0]?.total ?? 0, items: rows as readonly T[] };
}

/** A linked one's age is the hub's own business: only what we made ourselves is known again. */
async function missingUsers(db: HubDb) {
  const { rows } = await sql<Counted<MissingUser>>`
    select u.name, json_build_object('id', a.id, 'username', a.username, 'full_name', a.full_name) as account,
      count(*) over ()::int as total, array(
        select s.name from hub_seen_users s
        where u.linked_by is null and not s.is_admin
          and abs(extract(epoch from s.created_at - u.made_at)) <= ${RENAMED_WITHIN}
          and not exists (select from hub_users o where o.name = s.name and o.state in ('ours', 'missing'))
        order by abs(extract(epoch from s.created_at - u.made_at)) limit 3) as perhaps_now
    from hub_users u join accounts a on a.id = u.account_id
    where u.state = 'missing' order by u.name limit ${MOST}`.execute(db);
  return counted(rows);
}

async function orphanUsers(db: HubDb) {
  const { rows } = await sql<Counted<OrphanUser>>`
    select s.name, s.is_admin, s.last_activity, coalesce(h.servers, 0) as servers, count(*) over ()::int as total
    from hub_seen_users s
      left join (select user_name, count(*)::int as servers from hub_servers where state <> 'stopped' group by 1) h
        on h.user_name = s.name
    where not exists (select from hub_users u where u.name = s.name and u.state in ('ours', 'missing'))
    order by coalesce(h.servers, 0) desc, s.name limit ${MOST}`.execute(db);
  return counted(rows);
}

async function nobodysServers(db: HubDb) {
  const { rows } = await sql<Counted<NobodysServer>>`
    select h.user_name, h.server, h.state, h.started_at, h.last_activity, count(*) over ()::int as total
    from hub_servers h
    where h.state <> 'stopped'
      and not exists (select from hub_users u where u.name = h.user_name and u.state in ('ours', 'missing'))
    order by h.user_name, h.server limit ${MOST}`.execute(db);
  return counted(rows);
}
