import { type RawBuilder, sql } from "kysely";
import type { SessionsContext } from "../context.ts";
import type { JobRow, SessionsDb } from "../tables.ts";
import { AWAY_AFTER, type Hang, hangOf, stateSince } from "./hanging.ts";

/** Left out: any. */
export interface AdminFilter {
  readonly ownerId?: number | undefined;
  /** `live`: has not ended; `ended`: has; else one state. */
  readonly state?: string | undefined;
  readonly jobType?: string | undefined;
  readonly node?: string | undefined;
  /** Asked for at that moment or later. */
  readonly since?: string | undefined;
  readonly hanging?: boolean | undefined;
}

export type AdminRow = JobRow & {
  readonly state_since: Date;
  readonly hang: Hang | null;
  /** When its server last gave a sign; null: never. */
  readonly node_seen_at: Date | null;
};

/** Everybody's sessions, newest first. @param page.before the id of the last of the page before */
export async function pageOfAll(
  context: Pick<SessionsContext, "db" | "jobTypes">,
  filter: AdminFilter,
  page: { readonly before: number | null; readonly limit: number },
): Promise<AdminRow[]> {
  const conditions = conditionsOf(context, filter);
  if (page.before !== null) conditions.push(sql`j.id < ${page.before}`);
  return read(context, conditions, page.limit);
}

export async function findForAdmin(
  context: Pick<SessionsContext, "db" | "jobTypes">,
  id: number,
): Promise<AdminRow | null> {
  const [row] = await read(context, [sql`j.id = ${id}`], 1);
  return row ?? null;
}

/** How many do not come on, and the newest of them. @param most rows at most */
export async function hangingOnes(context: Pick<SessionsContext, "db" | "jobTypes">, most: number) {
  const conditions = conditionsOf(context, { hanging: true });
  const rows = await read(context, conditions, most);
  if (rows.length < most) return { count: rows.length, rows };
  const { rows: counted } = await sql<{ count: number }>`
    select count(*)::int as count from jobs j left join session_places p on p.node_id = j.node_id
    where ${sql.join(conditions, sql` and `)}`.execute(context.db);
  return { count: counted[0]?.count ?? rows.length, rows };
}

function conditionsOf(context: Pick<SessionsContext, "jobTypes">, filter: AdminFilter): RawBuilder<unknown>[] {
  const { ownerId, state, jobType, node, since, hanging } = filter;
  return [
    ...(ownerId === undefined ? [] : [sql`j.owner_id = ${ownerId}`]),
    ...(state === undefined ? [] : [stateIs(state)]),
    ...(jobType === undefined ? [] : [sql`j.job_type = ${jobType}`]),
    ...(node === undefined ? [] : [sql`j.node_id = ${node}`]),
    ...(since === undefined ? [] : [sql`j.created_at >= ${since}::timestamptz`]),
    ...(hanging === true ? [sql`j.ended_at is null and ${hangOf(context)} is not null`] : []),
  ];
}

function stateIs(state: string): RawBuilder<unknown> {
  if (state === "live") return sql`j.ended_at is null`;
  if (state === "ended") return sql`j.ended_at is not null`;
  return sql`j.status = ${state}`;
}

async function read(
  context: Pick<SessionsContext, "db" | "jobTypes">,
  conditions: readonly RawBuilder<unknown>[],
  limit: number,
): Promise<AdminRow[]> {
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
  const { rows } = await sql<AdminRow>`
    select j.*, ${stateSince} as state_since, ${hangOf(context)} as hang, p.seen_at as node_seen_at
    from jobs j left join session_places p on p.node_id = j.node_id
    ${where} order by j.id desc limit ${limit}`.execute(context.db);
  return rows;
}

export interface HostRow {
  readonly node: string;
  readonly seen_at: Date | null;
  readonly answers: boolean;
  readonly live: number;
}

/** Servers that run sessions, or should. */
export async function hosts(db: SessionsDb): Promise<HostRow[]> {
  const { rows } = await sql<HostRow>`
    select coalesce(p.node_id, l.node_id) as node, p.seen_at,
      coalesce(p.seen_at >= now() - make_interval(secs => ${AWAY_AFTER}), false) as answers,
      coalesce(l.live, 0)::int as live
    from session_places p
    full join (select node_id, count(*) as live from jobs where ended_at is null group by node_id) l
      on l.node_id = p.node_id
    order by 1`.execute(db);
  return rows;
}
