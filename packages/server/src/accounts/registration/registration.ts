import { sql } from "kysely";
import { type Account, accountOf } from "../account.ts";
import { type Actor, asAccount } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { mailVerification } from "../email-verification/email-verification.ts";
import {
  checkedEmail,
  checkedFullName,
  checkedOrganization,
  checkedPassword,
  checkedUsername,
  isOfDomain,
} from "../identity-rules.ts";
import { insertAccount, refuseTaken } from "../new-account.ts";
import { findLink, useLink } from "../one-time-links.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import type { RegistrationMode } from "./mode.ts";
import { mailConfirmation } from "./resend-confirmation.ts";

/** As it came: nothing about it is believed. */
export type Wanted = Readonly<
  Partial<Record<"username" | "email" | "full_name" | "password" | "organization", unknown>>
>;

/**
 * Makes an account, by the mode there is for the request. In `domains` mode an address says nothing until its owner has
 * opened the mailed link (or an admin has activated the account): until then it is `pending` and can't sign in.
 * @throws AccountRefusal: first what is wrong in itself (422), then closed or other domain (403), then taken (400)
 */
export async function register(
  context: AccountsContext,
  wanted: Wanted,
  mode: RegistrationMode,
  actor: Actor,
): Promise<Account> {
  const checked = checkWanted(wanted);
  const pending = checkMode(context, mode, checked.email);
  await refuseTaken(context, checked);
  const hash = await context.hasher.hash(checked.password, actor.address ?? "");
  return context.db.transaction().execute(async (trx) => {
    const { password: _, ...identity } = checked;
    const status = pending ? "pending" : "active";
    const account = await insertAccount(context, trx, { ...identity, password_hash: hash, status });
    const by = asAccount(actor, account);
    await record(context, trx, { action: "account.register", actor: by, account, event: "account.changed" });
    if (pending) await mailConfirmation(context, trx, account);
    else if (asksToVerify(context)) await mailVerification(context, trx, account, account.email);
    return accountOf(account);
  });
}

/**
 * Opens a pending account. The link alone is not enough: whoever registered must know the password, else
 * somebody could register with another's address and have them confirm it.
 * @throws AccountRefusal link_invalid, wrong_password
 */
export async function confirmRegistration(
  context: AccountsContext,
  secret: string,
  password: string,
  actor: Actor,
): Promise<Account> {
  const account = await findLink(context.db, "confirm", secret);
  if (account?.status !== "pending") throw new AccountRefusal("link_invalid");
  const { ok } = await context.hasher.verify(account.password_hash, password, actor.address ?? "");
  if (!ok) throw new AccountRefusal("wrong_password");
  return context.db.transaction().execute(async (trx) => {
    if (!(await useLink(trx, "confirm", secret))) throw new AccountRefusal("link_invalid");
    const row = await trx
      .updateTable("accounts")
      .set({ status: "active", email_verified_at: sql<Date>`now()`, updated_at: sql<Date>`now()` })
      .where("id", "=", account.id)
      .where("status", "=", "pending")
      .returningAll()
      .executeTakeFirst();
    if (!row) throw new AccountRefusal("link_invalid");
    const by = asAccount(actor, row);
    await record(context, trx, { action: "account.confirm", actor: by, account: row, event: "account.changed" });
    return accountOf(row);
  });
}

/** Without mail, and where nothing depends on it, each registration would leave a letter that nobody delivers. */
function asksToVerify({ platform: { mail, config } }: AccountsContext): boolean {
  return mail.delivers || config.accounts.unverified === "look";
}

function checkWanted(wanted: Wanted) {
  return {
    username: checkedUsername(wanted.username),
    email: checkedEmail(wanted.email),
    full_name: checkedFullName(wanted.full_name),
    organization: checkedOrganization(wanted.organization),
    password: checkedPassword(wanted.password),
  };
}

/** True when the account has to be confirmed first. */
function checkMode({ platform }: AccountsContext, mode: RegistrationMode, email: string): boolean {
  const { mode: configured, domains } = platform.config.registration;
  if (mode === "closed") {
    throw new AccountRefusal(configured === "local" ? "registration_not_by_proxy" : "registration_closed");
  }
  if (mode === "domains" && !isOfDomain(email, domains)) {
    throw new AccountRefusal("domain_not_allowed", { domains: domains.join(", ") });
  }
  return mode === "domains";
}
