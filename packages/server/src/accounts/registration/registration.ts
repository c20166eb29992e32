import { sql } from "kysely";
import type { Account, AccountRow } from "../account.ts";
import { accountOf } from "../account.ts";
import { type Actor, asAccount } from "../actor.ts";
import { endClaimOn, isClaimed } from "../claimed-address.ts";
import type { AccountsContext } from "../context.ts";
import { mailVerification } from "../email-verification/email-verification.ts";
import {
  checkedEmail,
  checkedFullName,
  checkedOrganization,
  checkedPassword,
  checkedUsername,
  isOfDomain,
  usernameKey,
} from "../identity-rules.ts";
import { findLink, useLink } from "../one-time-links.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountsTrx } from "../tables.ts";
import type { RegistrationMode } from "./mode.ts";
import { mailConfirmation } from "./resend-confirmation.ts";

/** As it came: nothing about it is believed. */
export type Wanted = Readonly<
  Partial<Record<"username" | "email" | "full_name" | "password" | "organization", unknown>>
>;

type Checked = ReturnType<typeof checkWanted>;

/** Hours after which a registration that nobody confirmed gives its name and address back. */
const UNCONFIRMED_HOURS = 48;

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
    await dropUnconfirmed(trx, checked);
    await endClaimOn(context, trx, checked.email);
    const account = await insert(trx, checked, hash, pending);
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

/** Before hashing: a name that is taken must not cost us one. The insert decides. */
async function refuseTaken({ db }: AccountsContext, { username, email }: Checked): Promise<void> {
  const taken = await db
    .selectFrom("accounts")
    .select("username_key")
    .where((e) =>
      e.or([
        e("username_key", "=", usernameKey(username)),
        e.and([e("email", "=", email), e.not(isClaimed("accounts"))]),
      ]),
    )
    .where((e) => e.not(e.and([e("status", "=", "pending"), e("created_at", "<", unconfirmedBefore)])))
    .execute();
  if (taken.some((row) => row.username_key === usernameKey(username))) throw new AccountRefusal("username_taken");
  if (taken.length > 0) throw new AccountRefusal("email_taken");
}

const unconfirmedBefore = sql<Date>`now() - make_interval(hours => ${UNCONFIRMED_HOURS})`;

async function dropUnconfirmed(trx: AccountsTrx, { username, email }: Checked): Promise<void> {
  await trx
    .deleteFrom("accounts")
    .where("status", "=", "pending")
    .where("created_at", "<", unconfirmedBefore)
    .where((e) => e.or([e("username_key", "=", usernameKey(username)), e("email", "=", email)]))
    .execute();
}

/** Two at once: one is inserted, the other learns what is taken. */
async function insert(trx: AccountsTrx, checked: Checked, hash: string, pending: boolean): Promise<AccountRow> {
  const { password: _, ...identity } = checked;
  const row = await trx
    .insertInto("accounts")
    .values({
      ...identity,
      username_key: usernameKey(checked.username),
      password_hash: hash,
      status: pending ? "pending" : "active",
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) return row;
  const key = usernameKey(checked.username);
  const named = await trx.selectFrom("accounts").select("id").where("username_key", "=", key).executeTakeFirst();
  throw new AccountRefusal(named ? "username_taken" : "email_taken");
}
