import { sql } from "kysely";
import { type Actor, asAccount } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { checkedPassword } from "../identity-rules.ts";
import { passwordChangedMail, resetMail } from "../mails.ts";
import {
  endLinks,
  FIRST_PASSWORD_LIFETIME,
  findLink,
  isFirstWayIn,
  makeLink,
  type OneTimeLink,
  useLink,
} from "../one-time-links.ts";
import { findAccount, findByLogin } from "../queries.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import { revoking } from "../revoking.ts";
import type { AccountsDb } from "../tables.ts";
import { endPersonalTokens, endSignIns, setPassword } from "./password-change.ts";

/** Minutes between two mailed links of one account, so that nobody can fill another's mailbox. */
const MAIL_EVERY_MINUTES = 5;

/**
 * Mails a reset link to the account's address. Says nothing about whether there is such an account, and does
 * nothing when mail is not delivered: then an admin makes the link.
 */
export async function requestReset(context: AccountsContext, login: string, actor: Actor): Promise<void> {
  if (!context.platform.mail.delivers) return;
  const account = await findByLogin(context.db, login);
  if (account?.status !== "active" || (await wasJustMailed(context.db, account.id))) return;
  await context.db.transaction().execute(async (trx) => {
    // Anybody can ask for this one: it must not end the link that somebody new got for their first password.
    const link = await makeLink(context, trx, account.id, "reset", { keepsEarlier: account.password_hash === null });
    await context.platform.mail.send(trx, resetMail(account, link, context));
    await record(context, trx, { action: "account.reset-request", actor, account, event: "account.changed" });
  });
}

async function wasJustMailed(db: AccountsDb, accountId: number): Promise<boolean> {
  const recent = await db
    .selectFrom("account_links")
    .select("id")
    .where("account_id", "=", accountId)
    .where("purpose", "=", "reset")
    .where("created_at", ">", sql<Date>`now() - make_interval(mins => ${MAIL_EVERY_MINUTES})`)
    .executeTakeFirst();
  return recent !== undefined;
}

/**
 * An admin's one-time link for somebody who can't sign in: an hour, once; seven days for who never signed in. An
 * earlier one ends.
 * @throws AccountRefusal no_such_user, reset_of_deactivated
 */
export async function makeResetLink(context: AccountsContext, accountId: number, actor: Actor): Promise<OneTimeLink> {
  return context.db.transaction().execute(async (trx) => {
    const account = await findAccount(trx, accountId);
    if (account?.kind !== "person") throw new AccountRefusal("no_such_user");
    if (account.status !== "active") throw new AccountRefusal("reset_of_deactivated");
    const options = isFirstWayIn(account) ? { lifetime: FIRST_PASSWORD_LIFETIME } : {};
    const link = await makeLink(context, trx, account.id, "reset", options);
    await record(context, trx, { action: "account.reset-link", actor, account, event: "account.changed" });
    return link;
  });
}

/**
 * Whose a link is, so that its page can say it before a password is chosen; uses nothing up.
 * @throws AccountRefusal link_invalid
 */
export async function whoseReset({ db }: AccountsContext, secret: string) {
  const account = await findLink(db, "reset", secret);
  if (account?.status !== "active") throw new AccountRefusal("link_invalid");
  return { username: account.username, full_name: account.full_name, first: isFirstWayIn(account) };
}

/**
 * Sets a new password by a link. The account may have been in other hands: everything that was open ends,
 * personal access tokens too.
 * @throws AccountRefusal link_invalid, password_rule, password_too_long
 */
export async function completeReset(
  context: AccountsContext,
  secret: string,
  password: string,
  actor: Actor,
): Promise<void> {
  const next = checkedPassword(password);
  const account = await findLink(context.db, "reset", secret);
  if (account?.status !== "active") throw new AccountRefusal("link_invalid");
  const hash = await context.hasher.hash(next, actor.address ?? "");
  await revoking(context, async (trx, revoke) => {
    if (!(await useLink(trx, "reset", secret))) throw new AccountRefusal("link_invalid");
    await endLinks(trx, account.id, "reset");
    await setPassword(trx, account, hash);
    await endSignIns(trx, revoke, account);
    await endPersonalTokens(trx, account.id);
    const by = asAccount(actor, account);
    await record(context, trx, { action: "account.reset", actor: by, account, event: "account.changed" });
    if (context.platform.mail.delivers) await context.platform.mail.send(trx, passwordChangedMail(account, context));
  });
}
