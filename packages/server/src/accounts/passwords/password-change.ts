import { sql } from "kysely";
import type { Principal } from "../../platform/principal.ts";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { checkedPassword } from "../identity-rules.ts";
import { endActing } from "../impersonation/end-acting.ts";
import { passwordChangedMail } from "../mails.ts";
import { requireSignIn } from "../policy.ts";
import { findAccount } from "../queries.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { type Revoke, revoking } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";

/**
 * Sets a new password for who knows the current one. Ends all access tokens, UWS tokens and web sessions but
 * the one that asks; personal access tokens stay (programs use them, and each can be revoked).
 * @throws AccountRefusal wrong_current_password, same_password, password_rule, password_too_long
 */
export async function changePassword(
  context: AccountsContext,
  principal: Principal,
  passwords: { readonly current: string; readonly next: string },
  actor: Actor,
): Promise<void> {
  requireSignIn(principal, "sign_in_needed");
  const lane = actor.address ?? "";
  const account = await findAccount(context.db, principal.accountId ?? -1);
  if (!account) throw new AccountRefusal("no_such_user");
  const next = checkedPassword(passwords.next);
  const { ok } = await context.hasher.verify(account.password_hash, passwords.current, lane);
  if (!ok) throw new AccountRefusal("wrong_current_password");
  if (passwords.current.normalize("NFC") === next.normalize("NFC")) throw new AccountRefusal("same_password");
  const hash = await context.hasher.hash(next, lane);
  const kept = principal.credential.kind === "cookie" ? principal.credential.id : undefined;
  await revoking(context, async (trx, revoke) => {
    await setPassword(trx, account, hash);
    await endSignIns(trx, revoke, account, kept);
    await record(context, trx, { action: "account.password", actor, account, event: "account.changed" });
    if (context.platform.mail.delivers) await context.platform.mail.send(trx, passwordChangedMail(account, context));
  });
}

/** @throws AccountRefusal wrong_current_password when another change came between. */
export async function setPassword(trx: AccountsTrx, account: AccountRow, hash: string): Promise<void> {
  const changed = await trx
    .updateTable("accounts")
    .set({
      password_hash: hash,
      must_change_password: false,
      one_time_password: null,
      token_epoch: sql`token_epoch + 1`,
      updated_at: sql<Date>`now()`,
    })
    .where("id", "=", account.id)
    .where("token_epoch", "=", account.token_epoch)
    .returning("id")
    .executeTakeFirst();
  if (!changed) throw new AccountRefusal("wrong_current_password");
}

/**
 * Ends what a password opened: web sessions, UWS tokens, and (the epoch has moved) access tokens.
 * @param kept a web session that stays
 */
export async function endSignIns(
  trx: AccountsTrx,
  revoke: Revoke,
  account: Pick<AccountRow, "id">,
  kept?: string,
): Promise<void> {
  await endActing(trx, revoke, { adminId: account.id, except: kept });
  const sessions = trx.deleteFrom("web_sessions").where("account_id", "=", account.id);
  await (kept === undefined ? sessions : sessions.where("id", "!=", kept)).execute();
  await trx.deleteFrom("uws_tokens").where("account_id", "=", account.id).execute();
  await trx.deleteFrom("account_links").where("account_id", "=", account.id).where("purpose", "=", "reset").execute();
  await revoke({ accountId: account.id, ...(kept === undefined ? {} : { except: kept }) });
}

/** Ends every personal access token: after a reset, or a deactivation. What was ended stays ended. */
export async function endPersonalTokens(trx: AccountsTrx, accountId: number): Promise<void> {
  await trx
    .updateTable("personal_tokens")
    .set({ revoked_at: sql<Date>`now()` })
    .where("account_id", "=", accountId)
    .where("revoked_at", "is", null)
    .execute();
}
