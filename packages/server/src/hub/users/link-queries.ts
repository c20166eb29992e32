import { type RawBuilder, sql } from "kysely";
import type { HubDb, HubUserRow } from "../tables.ts";

/** A person as administrators recognise them. */
export interface Whose {
  readonly id: number;
  readonly username: string;
  readonly full_name: string;
}

/** A user of the hub as last listed, and whose it is. */
export interface SeenUserRow {
  readonly name: string;
  readonly is_admin: boolean;
  readonly last_activity: Date | null;
  readonly created_at: Date | null;
  readonly seen_at: Date;
  /** How many run, start or end. */
  readonly servers: number;
  readonly account: Whose | null;
  readonly linked_by: string | null;
}

export interface SeenUsersFilter {
  readonly only?: "linked" | "unlinked" | "admins" | undefined;
  /** In the hub's name, or in the user name or full name of whose it is. */
  readonly search?: string | undefined;
  readonly after: string | null;
  readonly limit: number;
}

const linked = sql`u.state in ('ours', 'missing')`;
const person = sql`case when a.id is null then null else
  json_build_object('id', a.id, 'username', a.username, 'full_name', a.full_name) end`;

/** By the hub's name. */
export async function listSeenUsers(db: HubDb, filter: SeenUsersFilter): Promise<SeenUserRow[]> {
  const where = [
    ...(filter.after === null ? [] : [sql`s.name > ${filter.after}`]),
    ...(filter.only === "linked" ? [sql`u.account_id is not null`] : []),
    ...(filter.only === "unlinked" ? [sql`u.account_id is null`] : []),
    ...(filter.only === "admins" ? [sql`s.is_admin`] : []),
    ...(filter.search === undefined ? [] : [holds(filter.search, sql`s.name`)]),
  ];
  const { rows } = await sql<SeenUserRow>`
    select s.name, s.is_admin, s.last_activity, s.created_at, s.seen_at, u.linked_by, ${person} as account,
      (select count(*)::int from hub_servers h where h.user_name = s.name and h.state <> 'stopped') as servers
    from hub_seen_users s left join hub_users u on u.name = s.name and ${linked} left join accounts a on a.id = u.account_id
    ${where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`}
    order by s.name limit ${filter.limit}`.execute(db);
  return rows;
}

function holds(text: string, name: RawBuilder<unknown>): RawBuilder<unknown> {
  const wanted = text.normalize("NFC").toLowerCase();
  return sql`(strpos(lower(${name}), ${wanted}) > 0 or strpos(lower(a.username), ${wanted}) > 0
    or strpos(lower(a.full_name), ${wanted}) > 0)`;
}

export interface Suggestion {
  readonly name: string;
  readonly account: Whose;
  /** Equal spelling says nothing about who it is; a verified address is a reason. */
  readonly why: "same_name" | "verified_email";
}

/** Who might be meant by users of the hub that are nobody's; whoever is linked already is not suggested. */
export async function suggestionsFor(db: HubDb, names: readonly string[]): Promise<Suggestion[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<Suggestion>`
    with wanted as (select unnest(${names}::text[]) as name), free as (
      select a.* from accounts a where a.kind = 'person' and a.deleted_at is null
        and not exists (select from hub_users u where u.account_id = a.id and ${linked})
    )
    select w.name, 'verified_email' as why, ${person} as account from wanted w
      join free a on lower(a.email) = lower(w.name) and a.email_verified_at is not null where strpos(w.name, '@') > 0
    union all
    select w.name, 'same_name', ${person} from wanted w join free a on lower(a.username) = lower(w.name)
    order by 1, 2 desc`.execute(db);
  return rows;
}

export interface AccountLinkRow {
  readonly account: Whose;
  /** The hub's name that they have, or are to have; null: none was wanted yet. */
  readonly name: string | null;
  readonly state: HubUserRow["state"] | "none";
  readonly problem: string | null;
  readonly retry_at: Date | null;
  readonly linked_by: string | null;
}

export interface AccountLinksFilter {
  /** Left out: all who have no hub user of their own. */
  readonly state?: AccountLinkRow["state"] | undefined;
  readonly search?: string | undefined;
  /** An account's id. */
  readonly after: number;
  readonly limit: number;
}

/** People and how they stand with the hub, by account. */
export async function listAccountLinks(db: HubDb, filter: AccountLinksFilter): Promise<AccountLinkRow[]> {
  const { state, search } = filter;
  const isMeant =
    state === undefined ? sql`u.state is distinct from 'ours'` : sql`coalesce(u.state, 'none') = ${state}`;
  const found = search === undefined ? sql`` : sql`and ${holds(search, sql`coalesce(u.name, '')`)}`;
  const { rows } = await sql<AccountLinkRow>`
    select ${person} as account, u.name, coalesce(u.state, 'none') as state, u.problem, u.retry_at, u.linked_by
    from accounts a left join hub_users u on u.account_id = a.id
    where a.kind = 'person' and a.deleted_at is null and a.id > ${filter.after} and ${isMeant} ${found}
    order by a.id limit ${filter.limit}`.execute(db);
  return rows;
}

export interface EmailMatch {
  readonly name: string;
  readonly account: Whose;
}

/**
 * Users of the hub that are called as somebody's verified e-mail address: no hub administrators, nobody who is linked
 * already, no address that fits two.
 */
export async function emailMatches(db: HubDb, page: { readonly limit: number; readonly after: string }) {
  const { rows } = await sql<EmailMatch & { readonly total: number }>`
    with found as (
      select s.name, ${person} as account, count(*) over (partition by lower(s.name)) as alike
      from hub_seen_users s join accounts a on lower(a.email) = lower(s.name)
      where strpos(s.name, '@') > 0 and not s.is_admin and a.kind = 'person' and a.status = 'active'
        and a.deleted_at is null and a.email_verified_at is not null
        and not exists (select from hub_users u where u.account_id = a.id and ${linked})
        and not exists (select from hub_users u where u.name = s.name and u.account_id <> a.id and u.state <> 'taken')
    )
    select name, account, count(*) over ()::int as total from found where alike = 1 and name > ${page.after}
    order by name limit ${page.limit}`.execute(db);
  return { total: rows[0]?.total ?? 0, matches: rows.map(({ name, account }): EmailMatch => ({ name, account })) };
}
