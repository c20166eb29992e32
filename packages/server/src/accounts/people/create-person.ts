import { type Account, accountOf } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { checkedEmail, checkedFullName, checkedOrganization, checkedUsername } from "../identity-rules.ts";
import { insertAccount, refuseTaken } from "../new-account.ts";
import { FIRST_PASSWORD_LIFETIME, makeLink, type OneTimeLink } from "../one-time-links.ts";
import { record } from "../record.ts";
import type { AccountsTrx } from "../tables.ts";
import { welcomeMail } from "./mails.ts";

/** Somebody who is to have an account, as an administrator typed it. */
export interface NewPerson {
  readonly username: string;
  readonly fullName: string;
  readonly email: string;
  readonly organization?: string | null | undefined;
  /** Null: the person's browser, and for mails the server's own language. */
  readonly locale?: "en" | "fa" | null | undefined;
}

export interface CreatedPerson {
  readonly account: Account;
  /** With which they choose their password. It is nowhere else but in their mail. */
  readonly link: OneTimeLink;
  readonly mailed: boolean;
}

/**
 * Makes a person's account, whatever the registration mode: without a password until its owner has chosen one by the
 * link. Never an administrator. Who makes it vouches for the address.
 * @throws AccountRefusal username_rule, full_name_rule, text_too_long, email_rule (422); username_taken, email_taken (400)
 */
export async function createPerson(context: AccountsContext, wanted: NewPerson, actor: Actor): Promise<CreatedPerson> {
  const identity = {
    username: checkedUsername(wanted.username),
    full_name: checkedFullName(wanted.fullName),
    email: checkedEmail(wanted.email),
    organization: checkedOrganization(wanted.organization),
  };
  await refuseTaken(context, identity);
  const person = { ...identity, locale: wanted.locale ?? null };
  return context.db.transaction().execute((trx) => createPersonIn(context, trx, person, actor));
}

/** Somebody whose name and address were found to be good. */
export interface CheckedPerson {
  readonly username: string;
  readonly full_name: string;
  readonly email: string;
  readonly organization: string | null;
  readonly locale: "en" | "fa" | null;
}

/** The same in the caller's transaction. @throws AccountRefusal username_taken, email_taken */
export async function createPersonIn(
  context: AccountsContext,
  trx: AccountsTrx,
  person: CheckedPerson,
  actor: Actor,
): Promise<CreatedPerson> {
  const row = await insertAccount(context, trx, {
    ...person,
    password_hash: null,
    status: "active",
    email_verified_at: new Date(),
  });
  const link = await makeLink(context, trx, row.id, "reset", { lifetime: FIRST_PASSWORD_LIFETIME });
  await record(context, trx, { action: "account.create", actor, account: row, event: "account.changed" });
  const { mail } = context.platform;
  // Where mail is not delivered the maker passes the link on: no secret is kept among the mails for that.
  if (mail.delivers) await mail.send(trx, welcomeMail(row, link, context));
  return { account: accountOf(row), link, mailed: mail.delivers };
}
