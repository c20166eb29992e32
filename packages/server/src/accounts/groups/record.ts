import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import type { AccountsTrx } from "../tables.ts";
import { activeMemberIds, type GroupRow } from "./queries.ts";

export type GroupAction =
  | "group.create"
  | "group.update"
  | "group.delete"
  | "group.add-member"
  | "group.remove-member"
  | "group.leave"
  | "group.make-owner"
  | "group.unmake-owner";

/** Accounts that one event is addressed to; of a larger group the rest see it when they look. */
const MOST_TOLD = 500;

/**
 * Audit entry and event of a change, in its transaction. The entry is about the group, and about who was added,
 * removed or promoted.
 */
export async function recordGroup(
  context: Pick<AccountsContext, "platform">,
  trx: AccountsTrx,
  change: {
    readonly action: GroupAction;
    readonly actor: Actor;
    readonly group: Pick<GroupRow, "id" | "name">;
    readonly member?: { readonly id: number; readonly username: string };
    readonly details?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { action, group, member } = change;
  const { accountId, label, credentialKind, credentialId, requestId, address } = change.actor;
  const { audit, events } = context.platform;
  await audit.record(trx, {
    action,
    actor: { accountId, label, credentialKind, credentialId },
    subject: { kind: "group", id: String(group.id), label: group.name },
    about: member ? [member.id] : [],
    requestId,
    address,
    details: { ...change.details, ...(member ? { account_id: member.id, username: member.username } : {}) },
  });
  const members = await activeMemberIds(trx, group.id);
  const told = new Set([...(member ? [member.id] : []), ...members.slice(0, MOST_TOLD)]);
  await events.publish(trx, {
    type: "group.changed",
    subject: { kind: "group", id: String(group.id) },
    audience: [...told],
    data: { action, ...(member ? { account_id: member.id } : {}) },
  });
}
