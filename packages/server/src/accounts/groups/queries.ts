import { type ExpressionBuilder, type Selectable, sql } from "kysely";
import { emailSeenBy } from "../claimed-address.ts";
import { containing } from "../people/people-queries.ts";
import type { AccountsDb, AccountsTrx, AccountTables } from "../tables.ts";
import type { Viewer } from "./policy.ts";

/** A group as somebody sees it. */
export type GroupRow = Selectable<AccountTables["groups"]> & {
  /** Active ones. */
  readonly member_count: number;
  /** What the viewer is in it. */
  readonly own_role: "owner" | "member" | null;
};

export type MemberRow = Pick<
  Selectable<AccountTables["accounts"]>,
  "id" | "kind" | "username" | "full_name" | "email" | "status" | "directory_visible"
> &
  Pick<Selectable<AccountTables["group_members"]>, "is_owner" | "added_at">;

export interface GroupsFilter {
  /** Only the viewer's own. */
  readonly own: boolean;
  /** Part of a name or a description, any case. */
  readonly search?: string | undefined;
  /** The last id of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

function seenBy(db: AccountsDb | AccountsTrx, viewerId: number) {
  return db
    .selectFrom("groups as g")
    .selectAll("g")
    .leftJoin("group_members as own", (join) =>
      join.onRef("own.group_id", "=", "g.id").on("own.account_id", "=", viewerId),
    )
    .select([
      sql<GroupRow["own_role"]>`case own.is_owner when true then 'owner' when false then 'member' end`.as("own_role"),
      sql<number>`(select count(*)::int from group_members m join accounts a on a.id = m.account_id
        where m.group_id = g.id and a.status = 'active')`.as("member_count"),
    ]);
}

/** Oldest first, by id. */
export function listGroups(db: AccountsDb, viewerId: number, filter: GroupsFilter): Promise<GroupRow[]> {
  let query = seenBy(db, viewerId).orderBy("g.id").limit(filter.limit);
  if (filter.own) query = query.where("own.account_id", "is not", null);
  if (filter.after !== undefined) query = query.where("g.id", ">", filter.after);
  const pattern = containing(filter.search);
  if (pattern !== null) {
    query = query.where((e) => e.or([e("g.name", "ilike", pattern), e("g.description", "ilike", pattern)]));
  }
  return query.execute();
}

export async function findGroup(db: AccountsDb | AccountsTrx, viewerId: number, id: number): Promise<GroupRow | null> {
  return (await seenBy(db, viewerId).where("g.id", "=", id).executeTakeFirst()) ?? null;
}

/** Owners and members, oldest account first, by id; deactivated ones too. */
export function listMembers(
  db: AccountsDb,
  viewer: Viewer,
  groupId: number,
  { after, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<MemberRow[]> {
  let query = membersQuery(db, viewer).where("m.group_id", "=", groupId).orderBy("a.id").limit(limit);
  if (after !== undefined) query = query.where("a.id", ">", after);
  return query.execute();
}

export async function findMember(
  db: AccountsDb | AccountsTrx,
  viewer: Viewer,
  groupId: number,
  accountId: number,
): Promise<MemberRow | null> {
  const query = membersQuery(db, viewer).where("m.group_id", "=", groupId).where("a.id", "=", accountId);
  return (await query.executeTakeFirst()) ?? null;
}

function membersQuery(db: AccountsDb | AccountsTrx, viewer: Viewer) {
  return db
    .selectFrom("group_members as m")
    .innerJoin("accounts as a", "a.id", "m.account_id")
    .select(["a.id", "a.kind", "a.username", "a.full_name", "a.status", "a.directory_visible"])
    .select(emailSeenBy(viewer, "a").as("email"))
    .select(["m.is_owner", "m.added_at"]);
}

/** Ids of the active people in it. */
export async function activeMemberIds(db: AccountsDb | AccountsTrx, groupId: number): Promise<number[]> {
  const rows = await db
    .selectFrom("group_members as m")
    .innerJoin("accounts as a", "a.id", "m.account_id")
    .select("a.id")
    .where("m.group_id", "=", groupId)
    .where("a.status", "=", "active")
    .where("a.kind", "=", "person")
    .orderBy("a.id")
    .execute();
  return rows.map(({ id }) => id);
}

export function groupsOf(
  db: AccountsDb,
  accountId: number,
): Promise<Pick<GroupRow, "id" | "name" | "description" | "built_in">[]> {
  return db
    .selectFrom("groups as g")
    .innerJoin("group_members as m", "m.group_id", "g.id")
    .select(["g.id", "g.name", "g.description", "g.built_in"])
    .where("m.account_id", "=", accountId)
    .orderBy("g.id")
    .execute();
}

/** True for accounts that share an ordinary group with this one: a condition on `accounts as a`. */
export function sharesGroupWith(viewerId: number) {
  return (e: ExpressionBuilder<AccountTables & { a: AccountTables["accounts"] }, "a">) =>
    e.exists(
      e
        .selectFrom("group_members as mine")
        .innerJoin("group_members as theirs", "theirs.group_id", "mine.group_id")
        .innerJoin("groups as shared", "shared.id", "mine.group_id")
        .select(sql`1`.as("one"))
        .where("mine.account_id", "=", viewerId)
        .where("shared.built_in", "=", false)
        .whereRef("theirs.account_id", "=", "a.id"),
    );
}
