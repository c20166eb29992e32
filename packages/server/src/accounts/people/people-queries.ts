import { type RawBuilder, sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { AccountsDb } from "../tables.ts";

/** Sorts of people that administrators look for; those of `deleted` accounts are in no other. */
export const filters = {
  all: sql`true`,
  active: sql`status = 'active'`,
  this_week: sql`status = 'active' and greatest(last_login_at, last_seen_at) > now() - interval '7 days'`,
  earlier: sql`status = 'active' and greatest(last_login_at, last_seen_at) <= now() - interval '7 days'`,
  pending: sql`status = 'pending'`,
  waiting: sql`(status = 'pending' or (status = 'active' and email_verified_at is null))`,
  deactivated: sql`status = 'deactivated'`,
  admins: sql`is_admin`,
  leaving: sql`deletion_due_at is not null`,
  never: sql`status = 'active' and greatest(last_login_at, last_seen_at) is null`,
  deleted: sql`deleted_at is not null`,
} as const;
export type PeopleState = keyof typeof filters;

/** What people are in order of, with the type that a cursor's text is read as. Each has an index. */
const orders = {
  name: { key: sql`lower(full_name)`, type: sql`text` },
  created: { key: sql`created_at`, type: sql`timestamptz` },
  seen: { key: sql`coalesce(greatest(last_login_at, last_seen_at), '-infinity')`, type: sql`timestamptz` },
} as const;
export type PeopleOrder = keyof typeof orders;

export interface PeopleFilter {
  /** Part of a user name, a full name or an e-mail address, any case. */
  readonly search?: string | undefined;
  readonly state?: PeopleState | undefined;
  /** Only these. */
  readonly ids?: readonly number[] | undefined;
}

export interface PeoplePage {
  readonly sort: PeopleOrder;
  readonly descending: boolean;
  /** The last one of the page before. */
  readonly after: { readonly key: string; readonly id: number } | undefined;
  readonly limit: number;
}

/** With what the page is in order of, as text. */
export type ListedRow = AccountRow & { readonly sort_key: string };

/** Without services' accounts. */
export async function listPeople(db: AccountsDb, filter: PeopleFilter, page: PeoplePage): Promise<ListedRow[]> {
  const { key, type } = orders[page.sort];
  const way = page.descending ? sql`desc` : sql`asc`;
  const beyond = page.descending ? sql`<` : sql`>`;
  const after = page.after && sql`(${key}, id) ${beyond} (${page.after.key}::${type}, ${page.after.id}::bigint)`;
  const where = sql.join([...conditions(filter), ...(after ? [after] : [])], sql` and `);
  const { rows } = await sql<ListedRow>`select *, ${key}::text as sort_key from accounts where ${where}
    order by ${key} ${way}, id ${way} limit ${page.limit}`.execute(db);
  return rows;
}

/** The ids alone, by id. @param most there is no answer of more */
export async function idsOfPeople(db: AccountsDb, filter: PeopleFilter, most: number): Promise<number[]> {
  const where = sql.join(conditions(filter), sql` and `);
  const { rows } = await sql<{ id: number }>`select id from accounts where ${where} order by id limit ${most}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export async function countPeople(db: AccountsDb, filter: PeopleFilter): Promise<number> {
  const where = sql.join(conditions(filter), sql` and `);
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from accounts where ${where}`.execute(db);
  return rows[0]?.count ?? 0;
}

function conditions({ search, state, ids }: PeopleFilter): RawBuilder<unknown>[] {
  const pattern = containing(search);
  return [
    sql`kind = 'person'`,
    // What is left of a deleted account is nobody: shown only where it is asked for.
    ...(state === undefined ? [sql`deleted_at is null`] : [filters[state]]),
    ...(state === undefined || state === "deleted" ? [] : [sql`deleted_at is null`]),
    ...(ids === undefined ? [] : [sql`id = any(${[...ids]}::bigint[])`]),
    // The expression of an index by trigrams, where there is one.
    ...(pattern === null ? [] : [sql`(username || ' ' || full_name || ' ' || email) ilike ${pattern}`]),
  ];
}

/** How many people there are of each sort; those up to `never` add up to all. */
export interface PeopleCounts {
  readonly all: number;
  readonly this_week: number;
  readonly earlier: number;
  readonly never: number;
  readonly pending: number;
  readonly deactivated: number;
  readonly unverified: number;
  readonly leaving: number;
  readonly admins: number;
}

export async function countStates(db: AccountsDb): Promise<PeopleCounts> {
  const { rows } = await sql<PeopleCounts>`
    select count(*)::int as all,
      count(*) filter (where active and seen > now() - interval '7 days')::int as this_week,
      count(*) filter (where active and seen <= now() - interval '7 days')::int as earlier,
      count(*) filter (where active and seen is null)::int as never,
      count(*) filter (where status = 'pending')::int as pending,
      count(*) filter (where status = 'deactivated')::int as deactivated,
      count(*) filter (where active and email_verified_at is null)::int as unverified,
      count(*) filter (where deletion_due_at is not null)::int as leaving,
      count(*) filter (where is_admin)::int as admins
    from (select *, greatest(last_login_at, last_seen_at) as seen, status = 'active' as active
      from accounts where kind = 'person' and deleted_at is null) a`.execute(db);
  return rows[0] as PeopleCounts;
}

/** The first word, and the rest. */
export function splitName(fullName: string): { first_name: string; last_name: string } {
  const words = fullName.trim().split(/\s+/);
  return { first_name: words[0] ?? "", last_name: words.slice(1).join(" ") };
}

/** An ILIKE pattern in which nothing of the search is special; null for an empty one. */
export function containing(search: string | undefined): string | null {
  const text = search?.trim().normalize("NFC").replaceAll("\0", "");
  return text ? `%${text.replace(/[\\%_]/g, "\\$&")}%` : null;
}
