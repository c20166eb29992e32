import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Principal } from "../../platform/principal.ts";
import type { AccountRow } from "../account.ts";
import type { AccountPart } from "../account-part.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { endActing } from "../impersonation/end-acting.ts";
import { lockActiveAdmins } from "../people/people.ts";
import { findAccount } from "../queries.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { type Revoke, revoking } from "../revoking.ts";
import { type Proof, proveInTransaction, provePasswordAgain } from "../second-factor/prove-again.ts";
import type { AccountsTrx } from "../tables.ts";
import { DELETE_KIND } from "./delete-account.ts";
import { deletionAskedMail, deletionCancelledMail } from "./mails.ts";

export interface DeletionPlan {
  /** What the person owns, by domain: how many, how many bytes. */
  readonly owned: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Why it can't be deleted now; null: it can. */
  readonly blocked: "last_admin" | "account_deleted" | null;
  readonly graceDays: number;
  readonly dueAt: Date | null;
  readonly byAdmin: boolean;
}

export interface AskedDeletion {
  readonly dueAt: Date;
  readonly operationId: string;
}

/** A dry run: everything that would go, and what stands in the way. @throws AccountRefusal no_such_user */
export async function planDeletion(
  context: AccountsContext,
  parts: readonly AccountPart[],
  accountId: number,
): Promise<DeletionPlan> {
  const account = await findAccount(context.db, accountId);
  if (account?.kind !== "person") throw new AccountRefusal("no_such_user");
  const owned: Record<string, Readonly<Record<string, number>>> = {};
  for (const part of parts) owned[part.name] = await part.owned(accountId);
  const admins = await context.db.transaction().execute((trx) => lockActiveAdmins(trx));
  return {
    owned,
    blocked: blocked(account, admins),
    graceDays: context.platform.config.accounts.deletionGraceDays,
    dueAt: account.deletion_due_at,
    byAdmin: account.deletion_by_admin,
  };
}

/**
 * Asks for the deletion of one's own account. Until it is due everything stands still: signing in shows what
 * there is, exports it, or cancels.
 * @throws AccountRefusal wrong_current_password, code_needed, wrong_code, last_admin, deletion_asked
 */
export async function askForOwnDeletion(
  context: AccountsContext,
  principal: Principal,
  proof: Proof,
  actor: Actor,
): Promise<AskedDeletion> {
  const proven = await provePasswordAgain(context, principal, proof, actor);
  return revoking(context, async (trx, revoke) => {
    const admins = await lockActiveAdmins(trx);
    const account = await proveInTransaction(context, trx, proven, proof.code);
    const graceDays = context.platform.config.accounts.deletionGraceDays;
    return ask(context, { trx, revoke }, account, { admins, graceDays, byAdmin: false, actor });
  });
}

/**
 * An administrator asks for somebody's. Only an administrator cancels it then.
 * @param graceDays null: as configured
 * @throws AccountRefusal no_such_user, deletion_of_yourself, last_admin, deletion_asked, account_deleted
 */
export async function askForDeletionOf(
  context: AccountsContext,
  accountId: number,
  graceDays: number | null,
  actor: Actor,
): Promise<AskedDeletion> {
  if (actor.accountId === accountId) throw new AccountRefusal("deletion_of_yourself");
  return revoking(context, async (trx, revoke) => {
    const admins = await lockActiveAdmins(trx);
    // Whoever asks may have lost the role while waiting for the lock.
    if (!admins.includes(actor.accountId ?? -1)) {
      throw new StoaError("forbidden", { details: { needs: "an administrator" } });
    }
    const account = await lock(trx, accountId);
    const days = graceDays ?? context.platform.config.accounts.deletionGraceDays;
    return ask(context, { trx, revoke }, account, { admins, graceDays: days, byAdmin: true, actor });
  });
}

interface Asking {
  readonly admins: readonly number[];
  readonly graceDays: number;
  readonly byAdmin: boolean;
  readonly actor: Actor;
}

async function ask(
  context: AccountsContext,
  { trx, revoke }: { trx: AccountsTrx; revoke: Revoke },
  account: AccountRow,
  { admins, graceDays, byAdmin, actor }: Asking,
): Promise<AskedDeletion> {
  const reason = blocked(account, admins);
  if (reason !== null) throw new AccountRefusal(reason);
  if (account.deletion_due_at !== null) throw new AccountRefusal("deletion_asked");
  const dueAt = new Date(Date.now() + graceDays * 86_400_000);
  const { id: operationId } = await context.platform.operations.enqueue(trx, {
    kind: DELETE_KIND,
    subject: { kind: "account", id: String(account.id) },
    actor: { accountId: actor.accountId, label: actor.label },
    input: { account_id: account.id },
    startAfter: dueAt,
  });
  await setDeletion(trx, account.id, { dueAt, byAdmin, operationId });
  // Open streams and remembered principals would go on as if nothing had been asked.
  await revoke({ accountId: account.id });
  await endActing(trx, revoke, { adminId: account.id });
  await endActing(trx, revoke, { accountId: account.id });
  const details = { due_at: dueAt.toISOString(), by_admin: byAdmin };
  await record(context, trx, { action: "account.delete-request", actor, account, event: "account.changed", details });
  if (byAdmin) {
    await tell(trx, {
      kind: "account.deletion-planned",
      to: account.id,
      key: operationId,
      subject: { kind: "account", id: account.id },
      values: { person: actor.label, at: details.due_at },
    });
  }
  const { mail } = context.platform;
  if (mail.delivers) await mail.send(trx, deletionAskedMail(account, dueAt, { byAdmin }, context));
  return { dueAt, operationId };
}

/**
 * Everything is as it was, tokens included. The operation is taken back; one just taken up finds itself unwanted.
 * @param by whether the person or an administrator cancels
 * @throws AccountRefusal no_such_user, deletion_absent, deletion_begun, deletion_not_yours
 */
export async function cancelDeletion(
  context: AccountsContext,
  accountId: number,
  by: "person" | "admin",
  actor: Actor,
): Promise<AccountRow> {
  return revoking(context, async (trx, revoke) => {
    const account = await lock(trx, accountId);
    if (account.deleted_at !== null) throw new AccountRefusal("account_deleted");
    if (account.deletion_due_at === null) throw new AccountRefusal("deletion_absent");
    if (account.deletion_begun_at !== null) throw new AccountRefusal("deletion_begun");
    if (account.deletion_by_admin && by === "person") throw new AccountRefusal("deletion_not_yours");
    const row = await setDeletion(trx, account.id, { dueAt: null, byAdmin: false, operationId: null });
    if (account.deletion_operation_id !== null) {
      const { accountId: actorId, label } = actor;
      await context.platform.operations.withdraw(trx, account.deletion_operation_id, { accountId: actorId, label });
    }
    await revoke({ accountId: account.id });
    await record(context, trx, { action: "account.delete-cancel", actor, account, event: "account.changed" });
    const { mail } = context.platform;
    if (mail.delivers) await mail.send(trx, deletionCancelledMail(account, context));
    return row;
  });
}

function blocked(account: AccountRow, admins: readonly number[]): DeletionPlan["blocked"] {
  if (account.deleted_at !== null) return "account_deleted";
  return admins.length === 1 && admins[0] === account.id ? "last_admin" : null;
}

function setDeletion(
  trx: AccountsTrx,
  id: number,
  to: { readonly dueAt: Date | null; readonly byAdmin: boolean; readonly operationId: string | null },
): Promise<AccountRow> {
  return trx
    .updateTable("accounts")
    .set({
      deletion_due_at: to.dueAt,
      deletion_by_admin: to.byAdmin,
      deletion_operation_id: to.operationId,
      updated_at: sql<Date>`now()`,
    })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A person: a service's client tokens would outlive what is done here. It is deactivated instead. */
async function lock(trx: AccountsTrx, id: number): Promise<AccountRow> {
  const account = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", id)
    .where("kind", "=", "person")
    .forUpdate()
    .executeTakeFirst();
  if (!account) throw new AccountRefusal("no_such_user");
  return account;
}
