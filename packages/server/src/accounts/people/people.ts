import { sql } from "kysely";
import { tell } from "../../notices/notices.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Principal } from "../../platform/principal.ts";
import { type Account, type AccountRow, accountOf } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { endActing } from "../impersonation/end-acting.ts";
import { endPersonalTokens, endSignIns } from "../passwords/password-change.ts";
import { requireSignIn } from "../policy.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { type Revoke, revoking } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";

export interface PersonChange {
  readonly isAdmin?: boolean | undefined;
  readonly active?: boolean | undefined;
  /** Lets a registration that was activated wait again. */
  readonly waitsAgain?: { readonly emailProvenThen: Date | null } | undefined;
}

/**
 * Makes somebody an administrator or not, activates (also a pending account) or deactivates. Deactivation ends
 * every session and token for good, within 1 s on every process; nothing of it comes back with activation.
 * Whoever becomes an administrator loses their UWS tokens.
 * @throws AccountRefusal sign_in_needed, no_such_user, account_deleted, last_admin, not_yourself
 */
export async function changePerson(
  context: AccountsContext,
  principal: Principal,
  id: number,
  change: PersonChange,
  actor: Actor,
): Promise<Account> {
  // Else a token for looking after people makes an administrator of whoever found it, or lets back in who was put out.
  requireSignIn(principal, "sign_in_needed");
  return revoking(context, async (trx, revoke) => {
    const { after } = await changeInTransaction(context, { trx, revoke }, id, change, actor);
    return accountOf(after);
  });
}

/** The same in the caller's transaction; who asks is the actor, and still an administrator when it comes to it. */
export async function changeInTransaction(
  context: AccountsContext,
  { trx, revoke }: { trx: AccountsTrx; revoke: Revoke },
  id: number,
  change: PersonChange,
  actor: Actor,
): Promise<{ readonly before: AccountRow; readonly after: AccountRow }> {
  const admins = await lockActiveAdmins(trx);
  // Whoever asks may have lost the role while waiting for the lock.
  if (!admins.includes(actor.accountId ?? -1)) {
    throw new StoaError("forbidden", { details: { needs: "an administrator" } });
  }
  const before = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", id)
    .where("kind", "=", "person")
    .forUpdate()
    .executeTakeFirst();
  if (!before) throw new AccountRefusal("no_such_user");
  // What is left of it must not come back to life.
  if (before.deleted_at !== null || before.deletion_begun_at !== null) throw new AccountRefusal("account_deleted");
  const after = { is_admin: change.isAdmin ?? before.is_admin, status: statusAfter(before, change) };
  refuseToLoseAdmins(before, after, admins, actor);
  if (after.is_admin === before.is_admin && after.status === before.status) return { before, after: before };
  return { before, after: await apply(context, { trx, revoke }, { before, after, change }, actor) };
}

type State = Pick<AccountRow, "is_admin" | "status">;

/**
 * Those who count: not deactivated, not about to be deleted. In order of id, so that two such changes wait for
 * each other instead of blocking each other; and no more than a change needs, so that what only refers to one of
 * them (a group's member, a share) waits for nobody.
 */
export async function lockActiveAdmins(trx: AccountsTrx): Promise<number[]> {
  const rows = await trx
    .selectFrom("accounts")
    .select("id")
    .where("is_admin", "=", true)
    .where("status", "=", "active")
    .where("deletion_due_at", "is", null)
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
  return rows.map((row) => row.id);
}

function statusAfter(before: AccountRow, { active, waitsAgain }: PersonChange): AccountRow["status"] {
  if (waitsAgain !== undefined) return "pending";
  if (active === undefined) return before.status;
  if (active) return "active";
  return before.status === "pending" ? "pending" : "deactivated";
}

function refuseToLoseAdmins(
  before: AccountRow,
  after: State,
  admins: readonly number[],
  asker: Pick<Actor, "accountId">,
): void {
  const loses = admins.includes(before.id) && !(after.is_admin && after.status === "active");
  if (!loses) return;
  if (admins.length === 1) throw new AccountRefusal("last_admin");
  if (before.id === asker.accountId) throw new AccountRefusal("not_yourself");
}

async function apply(
  context: AccountsContext,
  { trx, revoke }: { trx: AccountsTrx; revoke: Revoke },
  { before, after, change }: { before: AccountRow; after: State; change: PersonChange },
  actor: Actor,
): Promise<AccountRow> {
  const ends = before.status === "active" && after.status !== "active";
  // Whoever activates a registration that waits vouches for its address.
  const confirms = before.status === "pending" && after.status === "active";
  const row = await trx
    .updateTable("accounts")
    .set({
      ...after,
      updated_at: sql<Date>`now()`,
      ...(confirms ? { email_verified_at: sql<Date>`now()` } : {}),
      ...(isVouchedFor(before, change) ? { email_verified_at: null } : {}),
      ...(ends ? { token_epoch: sql`token_epoch + 1` } : {}),
    })
    .where("id", "=", before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (ends) {
    await endSignIns(trx, revoke, row);
    await endPersonalTokens(trx, row.id);
  } else if (before.is_admin !== after.is_admin) {
    // A service may hold them, and gets none for an administrator. Of imported ones nobody knows who does.
    if (after.is_admin) await trx.deleteFrom("uws_tokens").where("account_id", "=", row.id).execute();
    await endActing(trx, revoke, after.is_admin ? { accountId: row.id } : { adminId: row.id });
    // Open streams and remembered principals still hold the role they began with.
    await revoke({ accountId: row.id });
  }
  for (const action of actionsOf(before, after)) {
    await record(context, trx, { action, actor, account: row, event: "account.changed" });
  }
  if (before.is_admin !== after.is_admin) await tellOfRole(trx, row, actor);
  return row;
}

/** That the address counts as proven comes of the activation alone, which is being taken back. */
function isVouchedFor({ email_verified_at: at }: AccountRow, { waitsAgain }: PersonChange): boolean {
  const then = waitsAgain?.emailProvenThen;
  return at !== null && then?.getTime() === at.getTime();
}

async function tellOfRole(trx: AccountsTrx, { id, is_admin: isAdmin }: AccountRow, actor: Actor): Promise<void> {
  await tell(trx, {
    kind: "account.role",
    to: id,
    // Given, taken and given again is news each time.
    key: new Date().toISOString(),
    subject: { kind: "account", id },
    values: { person: actor.label, role: isAdmin ? "admin" : "person" },
  });
}

function actionsOf(before: State, after: State): string[] {
  const actions: string[] = [];
  if (after.status !== before.status) {
    actions.push(after.status === "active" ? "account.activate" : "account.deactivate");
  }
  if (after.is_admin !== before.is_admin) {
    actions.push(after.is_admin ? "account.grant-admin" : "account.withdraw-admin");
  }
  return actions;
}
