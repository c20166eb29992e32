import { sql } from "kysely";
import type { HubDb, HubServerRow } from "../tables.ts";
import type { Whose } from "../users/link-queries.ts";

export type AnyServerRow = HubServerRow & { readonly account: Whose | null };

export interface AnyServersFilter {
  /** `live`: all but stopped ones. */
  readonly state?: HubServerRow["state"] | "live" | undefined;
  readonly accountId?: number | undefined;
  /** True: whose hub user is nobody's here. */
  readonly nobodys?: boolean | undefined;
  readonly after: { readonly user: string; readonly server: string } | null;
  readonly limit: number;
}

/** Everybody's servers as last seen, by the hub's name of their user. */
export async function listAllServers(db: HubDb, filter: AnyServersFilter): Promise<AnyServerRow[]> {
  const { state, accountId, nobodys, after } = filter;
  const where = [
    ...(after === null ? [] : [sql`(h.user_name, h.server) > (${after.user}, ${after.server})`]),
    ...(state === undefined ? [] : state === "live" ? [sql`h.state <> 'stopped'`] : [sql`h.state = ${state}`]),
    ...(accountId === undefined ? [] : [sql`a.id = ${accountId}`]),
    ...(nobodys === undefined ? [] : [nobodys ? sql`a.id is null` : sql`a.id is not null`]),
  ];
  const { rows } = await sql<AnyServerRow>`
    select h.*, case when a.id is null then null else
      json_build_object('id', a.id, 'username', a.username, 'full_name', a.full_name) end as account
    from hub_servers h left join hub_users u on u.name = h.user_name and u.state in ('ours', 'missing')
      left join accounts a on a.id = u.account_id
    ${where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`}
    order by h.user_name, h.server limit ${filter.limit}`.execute(db);
  return rows;
}

/** @returns null: it is not there, or has ended */
export async function liveServer(db: HubDb, user: string, server: string): Promise<AnyServerRow | null> {
  const { rows } = await sql<AnyServerRow>`
    select h.*, case when a.id is null then null else
      json_build_object('id', a.id, 'username', a.username, 'full_name', a.full_name) end as account
    from hub_servers h left join hub_users u on u.name = h.user_name and u.state in ('ours', 'missing')
      left join accounts a on a.id = u.account_id
    where h.user_name = ${user} and h.server = ${server} and h.state <> 'stopped'`.execute(db);
  return rows[0] ?? null;
}
