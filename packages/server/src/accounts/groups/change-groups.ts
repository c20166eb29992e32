import { sql } from "kysely";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import type { AccountsTrx } from "../tables.ts";
import { mayCreate, mayManage, maySee, type Viewer, viewerNow } from "./policy.ts";
import { findGroup, type GroupRow } from "./queries.ts";
import { recordGroup } from "./record.ts";
import { groupRefusal } from "./refusals.ts";
import { checkedDescription, checkedName, nameKey } from "./rules.ts";

/** Groups that somebody who is no administrator may own. */
const MOST_OWNED = 100;

export interface GroupChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/** Makes a group with its maker as the owner. @throws a refusal */
export async function createGroup(
  context: AccountsContext,
  who: Viewer,
  wanted: { readonly name: string; readonly description?: string | undefined },
  actor: Actor,
): Promise<GroupRow> {
  const name = checkedName(wanted.name);
  const description = checkedDescription(wanted.description ?? "");
  return context.db.transaction().execute(async (trx) => {
    const viewer = await viewerNow(trx, who);
    if (!mayCreate(viewer, context.platform.config)) throw groupRefusal("creation_closed");
    if (!viewer.isAdmin) await refuseTooMany(trx, viewer);
    const made = await trx
      .insertInto("groups")
      .values({ name, name_key: nameKey(name), description })
      .onConflict((conflict) => conflict.column("name_key").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (!made) throw groupRefusal("name_taken");
    await trx
      .insertInto("group_members")
      .values({ group_id: made.id, account_id: viewer.id, is_owner: true })
      .execute();
    await recordGroup(context, trx, { action: "group.create", actor, group: { id: made.id, name } });
    return present(trx, viewer, made.id);
  });
}

/** Gives a group another name or description. @throws a refusal */
export async function changeGroup(
  context: AccountsContext,
  who: Viewer,
  id: number,
  change: GroupChange,
  actor: Actor,
): Promise<GroupRow> {
  const name = change.name === undefined ? undefined : checkedName(change.name);
  const description = change.description === undefined ? undefined : checkedDescription(change.description);
  return context.db.transaction().execute(async (trx) => {
    const { viewer, group } = await lockManaged(trx, who, id);
    if (group.built_in) throw groupRefusal("built_in");
    const after = { name: name ?? group.name, description: description ?? group.description };
    if (after.name === group.name && after.description === group.description) return group;
    await refuseTaken(trx, id, after.name);
    await trx
      .updateTable("groups")
      .set({ ...after, name_key: nameKey(after.name), updated_at: sql<Date>`now()` })
      .where("id", "=", id)
      .execute();
    const details = { name_before: group.name };
    await recordGroup(context, trx, { action: "group.update", actor, group: { id, name: after.name }, details });
    return present(trx, viewer, id);
  });
}

/** Deletes a group with its memberships; nobody's things go with it. @throws a refusal */
export async function deleteGroup(context: AccountsContext, who: Viewer, id: number, actor: Actor): Promise<void> {
  await context.db.transaction().execute(async (trx) => {
    const { group } = await lockManaged(trx, who, id);
    if (group.built_in) throw groupRefusal("built_in");
    const details = { members: group.member_count };
    // Before the rows go: those who were in it are told.
    await recordGroup(context, trx, { action: "group.delete", actor, group, details });
    await trx.deleteFrom("groups").where("id", "=", id).execute();
  });
}

/**
 * The group, locked until the transaction ends: changes of one group come one after another.
 * @throws a refusal: not there for who may not see it, forbidden for who may not manage it
 */
export async function lockManaged(
  trx: AccountsTrx,
  who: Viewer,
  id: number,
): Promise<{ viewer: Viewer; group: GroupRow }> {
  const { viewer, group } = await lockSeen(trx, who, id);
  if (!mayManage(viewer, group)) throw groupRefusal("owners_only");
  return { viewer, group };
}

/** The same for whoever may see it. */
export async function lockSeen(
  trx: AccountsTrx,
  who: Viewer,
  id: number,
): Promise<{ viewer: Viewer; group: GroupRow }> {
  const viewer = await viewerNow(trx, who);
  const locked = await trx.selectFrom("groups").select("id").where("id", "=", id).forUpdate().executeTakeFirst();
  const group = locked ? await findGroup(trx, viewer.id, id) : null;
  if (!group || !maySee(viewer, group)) throw groupRefusal("no_such_group");
  return { viewer, group };
}

async function present(trx: AccountsTrx, viewer: Viewer, id: number): Promise<GroupRow> {
  const group = await findGroup(trx, viewer.id, id);
  if (!group) throw groupRefusal("no_such_group");
  return group;
}

async function refuseTaken(trx: AccountsTrx, id: number, name: string): Promise<void> {
  const taken = await trx
    .selectFrom("groups")
    .select("id")
    .where("name_key", "=", nameKey(name))
    .where("id", "!=", id)
    .executeTakeFirst();
  if (taken) throw groupRefusal("name_taken");
}

async function refuseTooMany(trx: AccountsTrx, { id }: Viewer): Promise<void> {
  const { count } = await trx
    .selectFrom("group_members")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("account_id", "=", id)
    .where("is_owner", "=", true)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST_OWNED) throw groupRefusal("too_many_groups", { count: Number(count) });
}
