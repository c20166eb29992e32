import type { JsonObject } from "../../../platform/operations/contract.ts";
import type { Actor } from "../../actor.ts";
import type { AccountsContext } from "../../context.ts";
import { putMemberIn, removeMemberIn } from "../../groups/change-members.ts";
import { findAccount } from "../../queries.ts";
import { AccountRefusal } from "../../refusals.ts";
import type { Revoke } from "../../revoking.ts";
import type { AccountsTrx } from "../../tables.ts";
import { changeInTransaction } from "../people.ts";

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
  /** Puts back what was before; absent: it can't be. @throws a refusal */
  undo?(change: OneChange, before: JsonObject): Promise<void>;
}

/** What this domain itself does to many: `activate`, `deactivate`, `approve`, `add-to-group`. */
export function ownVerbs(context: AccountsContext): Readonly<Record<string, PeopleVerb>> {
  const setActive = (active: boolean) => async (one: OneChange) => {
    const { before, after } = await changeInTransaction(context, one, one.accountId, { active }, one.actor);
    return before.status === after.status ? null : { status: before.status };
  };
  const put =
    (active: boolean) =>
    async (one: OneChange): Promise<void> =>
      void (await setActive(active)(one));

  return {
    activate: { apply: setActive(true), undo: put(false) },
    deactivate: {
      async apply(one) {
        if (one.accountId === one.actor.accountId) throw new AccountRefusal("not_yourself");
        return setActive(false)(one);
      },
      undo: put(true),
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
      undo: (one) =>
        removeMemberIn(context, one.trx, viewerOf(one), Number(one.params.group_id), one.accountId, one.actor),
    },
  };
}

/** An administrator; whether they still are is looked at in the transaction. */
function viewerOf({ actor }: OneChange) {
  return { id: actor.accountId ?? -1, isAdmin: true };
}
