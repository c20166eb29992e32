import { SYSTEM } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import type { AccountsTrx } from "../tables.ts";
import { recordGroup } from "./record.ts";

/**
 * Before somebody's memberships go with the account: in each group that nobody else owns who can, the member who has
 * been in it longest becomes its owner. A group without any other active member is left to administrators.
 */
export async function handOverGroups(context: AccountsContext, trx: AccountsTrx, accountId: number): Promise<void> {
  const groups = await trx
    .selectFrom("groups as g")
    .innerJoin("group_members as m", "m.group_id", "g.id")
    .select(["g.id", "g.name"])
    .where("m.account_id", "=", accountId)
    .where("m.is_owner", "=", true)
    .orderBy("g.id")
    .forUpdate("g")
    .execute();
  for (const group of groups) {
    const [member] = await heirs(trx, group.id, accountId);
    if (member === undefined || member.is_owner) continue;
    await trx
      .updateTable("group_members")
      .set({ is_owner: true })
      .where("group_id", "=", group.id)
      .where("account_id", "=", member.id)
      .execute();
    const details = { is_owner: true, instead_of: accountId };
    await recordGroup(context, trx, { action: "group.make-owner", actor: SYSTEM, group, member, details });
  }
}

/** Owners first, then who has been there longest; without those who are about to be deleted themselves. */
function heirs(trx: AccountsTrx, groupId: number, accountId: number) {
  return trx
    .selectFrom("group_members as m")
    .innerJoin("accounts as a", "a.id", "m.account_id")
    .select(["a.id", "a.username", "m.is_owner"])
    .where("m.group_id", "=", groupId)
    .where("a.id", "!=", accountId)
    .where("a.kind", "=", "person")
    .where("a.status", "=", "active")
    .where("a.deletion_due_at", "is", null)
    .orderBy("m.is_owner", "desc")
    .orderBy("m.added_at")
    .orderBy("a.id")
    .limit(1)
    .execute();
}
