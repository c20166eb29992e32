import { sql, type Updateable } from "kysely";
import type { Principal } from "../../platform/principal.ts";
import { type Account, type AccountRow, accountOf } from "../account.ts";
import type { Actor } from "../actor.ts";
import { isClaimed } from "../claimed-address.ts";
import type { AccountsContext } from "../context.ts";
import { mailVerification, refuseOtherDomain } from "../email-verification/email-verification.ts";
import { checkedEmail, checkedFullName, checkedOrganization } from "../identity-rules.ts";
import { requireSignIn } from "../policy.ts";
import { findAccount } from "../queries.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountTables } from "../tables.ts";

export interface ProfileChange {
  readonly fullName?: string | undefined;
  readonly organization?: string | null | undefined;
  readonly locale?: "en" | "fa" | null | undefined;
  /** Whether others find one in the directory. */
  readonly directoryVisible?: boolean | undefined;
  /** Waits until it is verified; the present one counts until then. The present one: nothing waits any more. */
  readonly email?: string | undefined;
  /** Needed for the address: who holds it can reset the password. */
  readonly currentPassword?: string | undefined;
}

/**
 * @throws AccountRefusal full_name_rule, text_too_long, email_rule, email_taken, domain_not_allowed,
 *   wrong_current_password
 */
export async function changeProfile(
  context: AccountsContext,
  principal: Principal,
  change: ProfileChange,
  actor: Actor,
): Promise<Account> {
  const account = await findAccount(context.db, principal.accountId ?? -1);
  if (!account) throw new AccountRefusal("no_such_user");
  const set = { ...plainChanges(change), ...(await newEmail(context, principal, account, change, actor)) };
  if (Object.keys(set).length === 0) return accountOf(account);
  return context.db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable("accounts")
      .set({ ...set, updated_at: sql<Date>`now()` })
      .where("id", "=", account.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const details = { changed: Object.keys(set) };
    await record(context, trx, { action: "account.update", actor, account: row, event: "account.changed", details });
    if (set.new_email) await mailVerification(context, trx, row, set.new_email);
    // The link that waits would still put the address in.
    if (set.new_email === null)
      await trx.deleteFrom("account_links").where("account_id", "=", row.id).where("purpose", "=", "verify").execute();
    return accountOf(row);
  });
}

function plainChanges(change: ProfileChange): Updateable<AccountTables["accounts"]> {
  return {
    ...(change.fullName === undefined ? {} : { full_name: checkedFullName(change.fullName) }),
    ...(change.organization === undefined ? {} : { organization: checkedOrganization(change.organization) }),
    ...(change.locale === undefined ? {} : { locale: change.locale }),
    ...(change.directoryVisible === undefined ? {} : { directory_visible: change.directoryVisible }),
  };
}

async function newEmail(
  context: AccountsContext,
  principal: Principal,
  account: AccountRow,
  { email: given, currentPassword }: ProfileChange,
  actor: Actor,
): Promise<{ new_email?: string | null }> {
  if (given === undefined) return {};
  const email = checkedEmail(given);
  if (email === account.email) return account.new_email === null ? {} : { new_email: null };
  requireSignIn(principal, "sign_in_needed");
  refuseOtherDomain(context, account, email);
  const { ok } = await context.hasher.verify(account.password_hash, currentPassword ?? "", actor.address ?? "");
  if (!ok) throw new AccountRefusal("wrong_current_password");
  const taken = await context.db
    .selectFrom("accounts")
    .select("id")
    .where("email", "=", email)
    .where((e) => e.not(isClaimed("accounts")))
    .executeTakeFirst();
  // Told early, to who knows a password here; whether it is still free counts when it is verified.
  if (taken) throw new AccountRefusal("email_taken");
  return { new_email: email };
}
