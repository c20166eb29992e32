import type { Actor } from "./actor.ts";
import type { AccountsContext } from "./context.ts";
import type { AccountsTrx } from "./tables.ts";

export interface Change {
  /** The audit action: `account.deactivate`. */
  readonly action: string;
  readonly actor: Actor;
  readonly account: { readonly id: number; readonly username: string };
  /** What changed when it is not the account itself: a token. */
  readonly subject?: { readonly kind: string; readonly id: string; readonly label?: string };
  readonly event: "account.changed" | "account.signed-in" | "account.token";
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Audit entry and event of a change, in its transaction: they commit or vanish with it. */
export async function record(
  context: Pick<AccountsContext, "platform">,
  trx: AccountsTrx,
  change: Change,
): Promise<void> {
  const { accountId, label, credentialKind, credentialId, by, requestId, address } = change.actor;
  const id = String(change.account.id);
  const subject = change.subject ?? { kind: "account", id, label: change.account.username };
  await context.platform.audit.record(trx, {
    action: change.action,
    actor: { accountId, label, credentialKind, credentialId, by },
    subject,
    about: [change.account.id],
    requestId,
    address,
    ...(change.details ? { details: change.details } : {}),
  });
  await context.platform.events.publish(trx, {
    type: change.event,
    subject: { kind: subject.kind, id: subject.id },
    audience: [change.account.id],
    data: { account_id: change.account.id, action: change.action },
  });
}
