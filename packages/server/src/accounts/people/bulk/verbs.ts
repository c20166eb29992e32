import type { JsonObject } from "../../../platform/operations/contract.ts";
import type { Actor } from "../../actor.ts";
import type { AccountsContext } from "../../context.ts";
import { putMemberIn, removeMemberIn } from "../../groups/change-members.ts";
import { findMember } from "../../groups/queries.ts";
import { findAccount } from "../../queries.ts";
import { AccountRefusal } from "../../refusals.ts";
import type { Revoke } from "../../revoking.ts";
import type { AccountsTrx } from "../../tables.ts";
import { changeInTransaction } from "../people.ts";
import { bulkRefusal } from "./refusals.ts";

/** One change of one person, in its transaction. */
export interface OneChange {
  readonly trx: AccountsTrx;
  readonly revoke: Revoke;
  readonly accountId: number;
  /** What the verb asks besides: a group's id, a quota. */
  readonly params: JsonObject;
  readonly actor: Actor;
}

/** What undoing puts back, or null: there was nothing to change. */
export type Before = JsonObject | null;

/** A verb for many people. Each domain may bring its own (`AccountPart.verbs`). */
export interface PeopleVerb {
  /** @throws a refusal that is told of this person; the others go on */
  apply(change: OneChange): Promise<Before>;
  /**
   * Puts back what was before, where all is still as the change left it; absent: it can't be.
   * @throws a refusal; `changedSince()` where somebody has changed it since
   */
  undo?(change: OneChange, before: JsonObject): Promise<void>;
}

/** @throws the refusal of a way back from what is no longer so */
export function changedSince(): Error {
  return bulkRefusal("changed_since");
}

/** What this domain itself does to many: `activate`, `deactivate`, `approve`, `add-to-group`. */
export function ownVerbs(context: AccountsContext): Readonly<Record<string, PeopleVerb>> {
  const setActive = (active: boolean) => async (one: OneChange) => {
    const { before, after } = await changeInTransaction(context, one, one.accountId, { active }, one.actor);
    if (before.status === after.status) return null;
    const proven = after.email_verified_at?.toISOString() ?? null;
    // Whoever is put out anew has another epoch.
    return { status: before.status, proven, epoch: active ? null : after.token_epoch };
  };
  return {
    activate: {
      apply: setActive(true),
      async undo(one, { status, proven }) {
        if ((await statusOf(one)).status !== "active") throw changedSince();
        const emailProvenThen = typeof proven === "string" ? new Date(proven) : null;
        const change = status === "pending" ? { waitsAgain: { emailProvenThen } } : { active: false };
        await changeInTransaction(context, one, one.accountId, change, one.actor);
      },
    },
    deactivate: {
      async apply(one) {
        if (one.accountId === one.actor.accountId) throw new AccountRefusal("not_yourself");
        return setActive(false)(one);
      },
      async undo(one, { epoch }) {
        const account = await statusOf(one);
        if (account.status !== "deactivated" || account.token_epoch !== epoch) throw changedSince();
        await changeInTransaction(context, one, one.accountId, { active: true }, one.actor);
      },
    },
    approve: {
      // Of those alone who wait: whoever was put out stays out.
      async apply(one) {
        const account = await findAccount(one.trx, one.accountId);
        return account?.status === "pending" ? setActive(true)(one) : null;
      },
    },
    "add-to-group": {
      async apply(one) {
        const wanted = { accountId: one.accountId, isOwner: null };
        const put = putMemberIn(context, one.trx, viewerOf(one), Number(one.params.group_id), wanted, one.actor);
        return (await put).added ? { member: false } : null;
      },
      async undo(one) {
        const [group, viewer] = [Number(one.params.group_id), viewerOf(one)];
        const member = await findMember(one.trx, viewer, group, one.accountId);
        // Who owns the group since was given that by somebody.
        if (!member || member.is_owner) throw changedSince();
        await removeMemberIn(context, one.trx, viewer, group, one.accountId, one.actor);
      },
    },
  };
}

/** Held until the transaction ends. */
async function statusOf({ trx, accountId }: OneChange) {
  const account = trx.selectFrom("accounts").select(["status", "token_epoch"]).where("id", "=", accountId);
  return (await account.forUpdate().executeTakeFirst()) ?? { status: null, token_epoch: null };
}

/** An administrator: `changeManyKind` has looked, in this transaction. */
function viewerOf({ actor }: OneChange) {
  return { id: actor.accountId ?? -1, isAdmin: true };
}
