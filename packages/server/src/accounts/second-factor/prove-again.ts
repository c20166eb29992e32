import type { Principal } from "../../platform/principal.ts";
import type { AccountRow } from "../account.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { requireSignIn } from "../policy.ts";
import { findAccount } from "../queries.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountsTrx } from "../tables.ts";
import { takeCode } from "./codes.ts";

/** What a signed-in person proves once more before something that can't be undone. */
export interface Proof {
  readonly currentPassword: string;
  /** Of the second factor, where there is one: the app's or a recovery code. */
  readonly code?: string | undefined;
}

/**
 * Checks the password of a signed-in person: before the transaction, as it takes a while.
 * @throws AccountRefusal sign_in_needed, wrong_current_password, code_needed
 */
export async function provePasswordAgain(
  context: AccountsContext,
  principal: Principal,
  { currentPassword, code }: Proof,
  actor: Actor,
): Promise<AccountRow> {
  requireSignIn(principal, "sign_in_needed");
  const account = await findAccount(context.db, principal.accountId ?? -1);
  if (!account) throw new AccountRefusal("no_such_user");
  const { ok } = await context.hasher.verify(account.password_hash, currentPassword, actor.address ?? "");
  if (!ok) throw new AccountRefusal("wrong_current_password");
  if (account.second_factor_at !== null && !code) throw new AccountRefusal("code_needed");
  return account;
}

/**
 * In the transaction that does it: the account, locked and unchanged since its password was checked, and the
 * code taken where it has a second factor.
 * @throws AccountRefusal wrong_current_password (it changed meanwhile), wrong_code
 */
export async function proveInTransaction(
  context: AccountsContext,
  trx: AccountsTrx,
  proven: AccountRow,
  code: string | undefined,
): Promise<AccountRow> {
  const account = await trx
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", proven.id)
    .where("token_epoch", "=", proven.token_epoch)
    .where("status", "=", "active")
    .forUpdate()
    .executeTakeFirst();
  if (!account) throw new AccountRefusal("wrong_current_password");
  if (account.second_factor_at === null) return account;
  if (!code || (await takeCode(context, trx, account.id, code)) === null) throw new AccountRefusal("wrong_code");
  return account;
}
