import { sql } from "kysely";
import { DatabaseError } from "pg";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Principal } from "../../platform/principal.ts";
import { type Account, type AccountRow, accountOf } from "../account.ts";
import type { Actor } from "../actor.ts";
import { endClaimOn } from "../claimed-address.ts";
import type { AccountsContext } from "../context.ts";
import { checkedEmail, isOfDomain } from "../identity-rules.ts";
import { emailChangedMail } from "../mails.ts";
import { makeLink, takeLink } from "../one-time-links.ts";
import { requireSignIn } from "../policy.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { type Revoke, revoking } from "../revoking.ts";
import type { AccountsTrx } from "../tables.ts";
import { verifyMail } from "./mails.ts";

/** Seconds between two mails to one account's address, so that nobody can fill another's mailbox. */
const MAIL_EVERY_SECONDS = 300;
const UNIQUE_VIOLATION = "23505";

/**
 * Mails a link to the address that is to be proven, in the caller's transaction. Earlier links end. Without SMTP
 * the mail is kept, and an administrator passes it on.
 */
export async function mailVerification(
  context: AccountsContext,
  trx: AccountsTrx,
  account: AccountRow,
  email: string,
): Promise<void> {
  const link = await makeLink(context, trx, account.id, "verify", { email });
  await context.platform.mail.send(trx, verifyMail(account, email, link, context));
}

/**
 * Mails the link again: to the new address if one waits, else to the present one.
 * @throws AccountRefusal email_verified; StoaError rate_limited
 */
export async function resendVerification(
  context: AccountsContext,
  principal: Principal,
  actor: Actor,
): Promise<{ sentTo: string }> {
  return context.db.transaction().execute(async (trx) => {
    const account = await lock(trx, principal.accountId ?? -1);
    const email = account.new_email ?? (account.email_verified_at === null ? account.email : null);
    if (email === null) throw new AccountRefusal("email_verified");
    await refuseTooSoon(trx, account.id);
    await mailVerification(context, trx, account, email);
    await record(context, trx, { action: "account.verify-request", actor, account, event: "account.changed" });
    return { sentTo: email };
  });
}

/**
 * Proves an address by the mailed link. Only for who is signed in to that very account: else somebody could put
 * another's address into theirs, and have its owner prove it. A new address takes the old one's place now.
 * @throws AccountRefusal link_invalid, email_taken, domain_not_allowed
 */
export async function completeVerification(
  context: AccountsContext,
  principal: Principal,
  secret: string,
  actor: Actor,
): Promise<Account> {
  requireSignIn(principal, "sign_in_needed");
  return revoking(context, async (trx, revoke) => {
    const account = await lock(trx, principal.accountId ?? -1);
    const link = await takeLink(trx, "verify", secret, account.id);
    if (!link?.email) throw new AccountRefusal("link_invalid");
    const by = { action: "account.verify", actor, kept: principal.credential.id };
    return accountOf(await prove(context, { trx, revoke }, account, link.email, by));
  });
}

/**
 * An administrator vouches for an address: the person's present one, or the new one that waits. It is named, so
 * that what was changed meanwhile is not vouched for.
 * @throws AccountRefusal no_such_user, email_not_theirs, email_taken
 */
export async function vouchForEmail(
  context: AccountsContext,
  accountId: number,
  email: string,
  actor: Actor,
): Promise<Account> {
  return revoking(context, async (trx, revoke) => {
    const account = await lock(trx, accountId);
    if (account.deleted_at !== null) throw new AccountRefusal("account_deleted");
    const by = { action: "account.vouch-email", actor };
    return accountOf(await prove(context, { trx, revoke }, account, checkedEmail(email), by));
  });
}

/** @throws AccountRefusal domain_not_allowed: where domains decide who belongs, an address outside ends that. */
export function refuseOtherDomain({ platform }: AccountsContext, account: AccountRow, email: string): void {
  const { mode, domains } = platform.config.registration;
  if (mode !== "domains" || account.is_admin || isOfDomain(email, domains)) return;
  throw new AccountRefusal("domain_not_allowed", { domains: domains.join(", ") });
}

async function prove(
  context: AccountsContext,
  { trx, revoke }: { trx: AccountsTrx; revoke: Revoke },
  account: AccountRow,
  email: string,
  { action, actor, kept }: { action: string; actor: Actor; kept?: string },
): Promise<AccountRow> {
  const changes = email !== account.email;
  if (changes && email !== account.new_email) {
    throw new AccountRefusal(action === "account.verify" ? "link_invalid" : "email_not_theirs");
  }
  if (changes && action === "account.verify") refuseOtherDomain(context, account, email);
  if (changes) await endClaimOn(context, trx, email);
  const row = await setEmail(trx, account.id, email, changes);
  // Links that were mailed to the old address must not open the account any more.
  if (changes) await trx.deleteFrom("account_links").where("account_id", "=", account.id).execute();
  // Open streams and remembered principals still hold the limitation they began with.
  if (account.email_verified_at === null) {
    await revoke({ accountId: account.id, ...(kept === undefined ? {} : { except: kept }) });
  }
  const details = { email_changed: changes };
  await record(context, trx, { action, actor, account: row, event: "account.changed", details });
  const { mail } = context.platform;
  if (changes && mail.delivers) await mail.send(trx, emailChangedMail(account, email, context));
  return row;
}

async function setEmail(trx: AccountsTrx, id: number, email: string, changes: boolean): Promise<AccountRow> {
  try {
    return await trx
      .updateTable("accounts")
      .set({
        email,
        email_verified_at: sql<Date>`now()`,
        updated_at: sql<Date>`now()`,
        ...(changes ? { new_email: null } : {}),
      })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    // Somebody else took it while it waited.
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) throw new AccountRefusal("email_taken");
    throw error;
  }
}

async function lock(trx: AccountsTrx, id: number): Promise<AccountRow> {
  const account = await trx.selectFrom("accounts").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
  if (!account) throw new AccountRefusal("no_such_user");
  return account;
}

async function refuseTooSoon(trx: AccountsTrx, accountId: number): Promise<void> {
  const { rows } = await sql<{ left: number }>`
    select ceil(extract(epoch from max(created_at) - now()) + ${MAIL_EVERY_SECONDS})::int as left
    from account_links where account_id = ${accountId} and purpose = 'verify'`.execute(trx);
  const seconds = rows[0]?.left ?? 0;
  if (seconds > 0) throw new StoaError("rate_limited", { details: { seconds } });
}
