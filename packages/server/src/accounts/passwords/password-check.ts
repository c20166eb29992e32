import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { AccountsContext } from "../context.ts";
import { findByLogin } from "../queries.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountsTrx } from "../tables.ts";

/** Somebody knew the account's password a moment ago. */
export interface ProvenAccount {
  readonly account: AccountRow;
  /** A hash with today's parameters, when the stored one has others. */
  readonly rehashed: string | null;
}

/** Of the proof, what counts in the transaction that follows. */
interface Admitted {
  readonly account: Pick<AccountRow, "id" | "token_epoch">;
  readonly rehashed: string | null;
}

/**
 * Checks a user name (or e-mail address) and a password. An unknown name takes as long and answers as a wrong
 * password does; that an account is deactivated is told only to who knows its password.
 * @param address whose turn the check takes
 * @throws AccountRefusal wrong_password, deactivated, unconfirmed; StoaError rate_limited, unavailable
 */
export async function provePassword(
  context: AccountsContext,
  login: string,
  password: string,
  address: string,
): Promise<ProvenAccount> {
  const account = await findByLogin(context.db, login);
  const { ok, stale } = await context.hasher.verify(account?.password_hash ?? null, password, address);
  if (!account || !ok) throw new AccountRefusal("wrong_password");
  if (account.status === "deactivated") throw new AccountRefusal("deactivated");
  if (account.status === "pending") throw new AccountRefusal("unconfirmed");
  return { account, rehashed: stale ? await context.hasher.hash(password, address) : null };
}

/**
 * In the transaction that makes the credential: still active, still that password. Its row stays locked until
 * the end, so that a deactivation or a password change can't slip between check and credential.
 * A printed one-time password has now been used, and is not printed again.
 * @throws AccountRefusal wrong_password when it changed meanwhile
 */
export async function admit(trx: AccountsTrx, proven: Admitted): Promise<AccountRow> {
  const row = await trx
    .updateTable("accounts")
    .set({
      last_login_at: sql<Date>`now()`,
      one_time_password: null,
      ...(proven.rehashed ? { password_hash: proven.rehashed } : {}),
    })
    .where("id", "=", proven.account.id)
    .where("status", "=", "active")
    .where("token_epoch", "=", proven.account.token_epoch)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new AccountRefusal("wrong_password");
  return row;
}
