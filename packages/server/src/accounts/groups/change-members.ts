import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { isFoundBy } from "../people/directory.ts";
import { findAccount } from "../queries.ts";
import type { AccountsTrx } from "../tables.ts";
import { lockManaged, lockSeen } from "./change-groups.ts";
import { checkKind, mayManage, type Viewer } from "./policy.ts";
import { findMember, type GroupRow, type MemberRow } from "./queries.ts";
import { type GroupAction, recordGroup } from "./record.ts";
import { groupRefusal } from "./refusals.ts";

/** Members of one group: an event and a share go to each. */
const MOST_MEMBERS = 5_000;

/**
 * Adds somebody, or makes a member an owner or an ordinary member; null leaves a member's role. Safe to repeat.
 * An owner adds whom the directory shows them, so that adding by number finds nobody out.
 * @throws a refusal
 */
export async function putMember(
  context: AccountsContext,
  who: Viewer,
  groupId: number,
  wanted: { readonly accountId: number; readonly isOwner: boolean | null },
  actor: Actor,
): Promise<MemberRow> {
  return context.db.transaction().execute(async (trx) => {
    return (await putMemberIn(context, trx, who, groupId, wanted, actor)).member;
  });
}

/** The same in the caller's transaction. @returns also whether somebody was added who was no member */
export async function putMemberIn(
  context: AccountsContext,
  trx: AccountsTrx,
  who: Viewer,
  groupId: number,
  wanted: { readonly accountId: number; readonly isOwner: boolean | null },
  actor: Actor,
): Promise<{ readonly member: MemberRow; readonly added: boolean }> {
  const { viewer, group } = await lockManaged(trx, who, groupId);
  const before = await findMember(trx, viewer, groupId, wanted.accountId);
  const isOwner = wanted.isOwner ?? before?.is_owner ?? false;
  if (before?.is_owner === isOwner) return { member: before, added: false };
  if (before) await changeRole(trx, group, before, isOwner);
  else await add(context, trx, { viewer, group }, wanted.accountId, isOwner);
  const member = await findMember(trx, viewer, groupId, wanted.accountId);
  if (!member) throw groupRefusal("no_such_member");
  const action: GroupAction = !before ? "group.add-member" : isOwner ? "group.make-owner" : "group.unmake-owner";
  await recordGroup(context, trx, { action, actor, group, member, details: { is_owner: isOwner } });
  return { member, added: !before };
}

/** Takes somebody out; oneself is to leave, which every member may. @throws a refusal */
export async function removeMember(
  context: AccountsContext,
  who: Viewer,
  groupId: number,
  accountId: number,
  actor: Actor,
): Promise<void> {
  await context.db.transaction().execute((trx) => removeMemberIn(context, trx, who, groupId, accountId, actor));
}

/** The same in the caller's transaction. */
export async function removeMemberIn(
  context: AccountsContext,
  trx: AccountsTrx,
  who: Viewer,
  groupId: number,
  accountId: number,
  actor: Actor,
): Promise<void> {
  const { viewer, group } = await lockSeen(trx, who, groupId);
  const leaves = accountId === viewer.id;
  if (!leaves && !mayManage(viewer, group)) throw groupRefusal("owners_only");
  const member = await findMember(trx, viewer, groupId, accountId);
  if (!member) throw groupRefusal("no_such_member");
  if (member.is_owner) await refuseLastOwner(trx, groupId, accountId);
  await trx.deleteFrom("group_members").where("group_id", "=", groupId).where("account_id", "=", accountId).execute();
  const action = leaves ? "group.leave" : "group.remove-member";
  await recordGroup(context, trx, { action, actor, group, member });
}

async function add(
  context: AccountsContext,
  trx: AccountsTrx,
  { viewer, group }: { viewer: Viewer; group: GroupRow },
  accountId: number,
  isOwner: boolean,
): Promise<void> {
  const visible = viewer.isAdmin || (await isFoundBy(trx, viewer, accountId, context.platform.config.people.directory));
  const account = visible ? await findAccount(trx, accountId) : null;
  if (account?.status !== "active") throw groupRefusal("not_to_be_found");
  checkKind(group, account.kind, isOwner);
  if (group.member_count >= MOST_MEMBERS) throw groupRefusal("too_many_members", { count: group.member_count });
  await trx
    .insertInto("group_members")
    .values({ group_id: group.id, account_id: accountId, is_owner: isOwner })
    .execute();
}

async function changeRole(trx: AccountsTrx, group: GroupRow, member: MemberRow, isOwner: boolean): Promise<void> {
  checkKind(group, member.kind, isOwner);
  if (!isOwner) await refuseLastOwner(trx, group.id, member.id);
  await trx
    .updateTable("group_members")
    .set({ is_owner: isOwner })
    .where("group_id", "=", group.id)
    .where("account_id", "=", member.id)
    .execute();
}

/** A group without anybody to manage it would be administrators' for good. */
async function refuseLastOwner(trx: AccountsTrx, groupId: number, accountId: number): Promise<void> {
  const other = await trx
    .selectFrom("group_members as m")
    .innerJoin("accounts as a", "a.id", "m.account_id")
    .select("a.id")
    .where("m.group_id", "=", groupId)
    .where("m.is_owner", "=", true)
    .where("a.status", "=", "active")
    .where("a.id", "!=", accountId)
    .executeTakeFirst();
  if (!other) throw groupRefusal("last_owner");
}
