import { sql, type Updateable } from "kysely";
import { DatabaseError } from "pg";
import type { Principal } from "../../platform/principal.ts";
import { type Account, type AccountRow, accountOf } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { checkedEmail, checkedFullName, checkedOrganization } from "../identity-rules.ts";
import { emailChangedMail } from "../mails.ts";
import { requireSignIn } from "../policy.ts";
import { findAccount } from "../queries.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountsTrx, AccountTables } from "../tables.ts";

const UNIQUE_VIOLATION = "23505";

export interface ProfileChange {
  readonly fullName?: string | undefined;
  readonly organization?: string | null | undefined;
  readonly locale?: "en" | "fa" | null | undefined;
  readonly email?: string | undefined;
  /** Needed for the address: who holds it can reset the password. */
  readonly currentPassword?: string | undefined;
}

/** @throws AccountRefusal full_name_rule, text_too_long, email_rule, email_taken, email_needs_admin, wrong_current_password */
export async function changeProfile(
  context: AccountsContext,
  principal: Principal,
  change: ProfileChange,
  actor: Actor,
): Promise<Account> {
  const account = await findAccount(context.db, principal.accountId ?? -1);
  if (!account) throw new AccountRefusal("no_such_user");
  const set = {
    ...(change.fullName === undefined ? {} : { full_name: checkedFullName(change.fullName) }),
    ...(change.organization === undefined ? {} : { organization: checkedOrganization(change.organization) }),
    ...(change.locale === undefined ? {} : { locale: change.locale }),
    ...(await newEmail(context, principal, account, change, actor)),
  };
  if (Object.keys(set).length === 0) return accountOf(account);
  return context.db.transaction().execute(async (trx) => {
    const row = await update(trx, account.id, set);
    const details = { changed: Object.keys(set) };
    await record(context, trx, { action: "account.update", actor, account: row, event: "account.changed", details });
    if (set.email !== undefined && context.platform.mail.delivers) {
      await context.platform.mail.send(trx, emailChangedMail(account, set.email, context));
    }
    return accountOf(row);
  });
}

async function update(trx: AccountsTrx, id: number, set: Updateable<AccountTables["accounts"]>): Promise<AccountRow> {
  try {
    return await trx
      .updateTable("accounts")
      .set({ ...set, updated_at: sql<Date>`now()` })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    // The only unique column here is the address.
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) throw new AccountRefusal("email_taken");
    throw error;
  }
}

async function newEmail(
  context: AccountsContext,
  principal: Principal,
  account: AccountRow,
  { email: given, currentPassword }: ProfileChange,
  actor: Actor,
): Promise<{ email?: string }> {
  if (given === undefined) return {};
  const email = checkedEmail(given);
  if (email === account.email) return {};
  requireSignIn(principal, "sign_in_needed");
  // Where domains decide who belongs, an address that nobody checked must not be put in later.
  if (context.platform.config.registration.mode === "domains" && !account.is_admin) {
    throw new AccountRefusal("email_needs_admin");
  }
  const { ok } = await context.hasher.verify(account.password_hash, currentPassword ?? "", actor.address ?? "");
  if (!ok) throw new AccountRefusal("wrong_current_password");
  return { email };
}
