import { sql } from "kysely";
import type { AccountRow } from "./account.ts";
import { endClaimOn, isClaimed } from "./claimed-address.ts";
import type { AccountsContext } from "./context.ts";
import { usernameKey } from "./identity-rules.ts";
import { AccountRefusal } from "./refusals.ts";
import type { AccountsDb, AccountsTrx } from "./tables.ts";

/** What must be nobody else's. */
export interface NewIdentity {
  readonly username: string;
  readonly email: string;
}

/** Of a person's account that is about to be. */
export interface NewAccount extends NewIdentity {
  readonly full_name: string;
  readonly organization: string | null;
  /** Null: nobody signs in by password until one is set by a link. */
  readonly password_hash: string | null;
  readonly status: "active" | "pending";
  readonly locale?: "en" | "fa" | null;
  readonly email_verified_at?: Date | null;
}

/** Hours after which a registration that nobody confirmed gives its name and address back. */
const UNCONFIRMED_HOURS = 48;

const unconfirmedBefore = sql<Date>`now() - make_interval(hours => ${UNCONFIRMED_HOURS})`;

/**
 * Before hashing: a name that is taken must not cost us one. The insert decides.
 * @throws AccountRefusal username_taken, email_taken
 */
export async function refuseTaken({ db }: AccountsContext, { username, email }: NewIdentity): Promise<void> {
  const taken = await takenAmong(db, [{ username, email }]);
  if (taken.some((row) => row.username_key === usernameKey(username))) throw new AccountRefusal("username_taken");
  if (taken.length > 0) throw new AccountRefusal("email_taken");
}

/** The accounts that have one of these names or addresses, so that nobody else can. */
export async function takenAmong(db: AccountsDb, identities: readonly NewIdentity[]) {
  const keys = identities.map(({ username }) => usernameKey(username));
  const addresses = identities.map(({ email }) => email);
  return db
    .selectFrom("accounts")
    .select(["username_key", "email", "kind", "status", "deletion_due_at", "email_verified_at"])
    .select(isClaimed("accounts").as("is_claim"))
    .where((e) =>
      e.or([
        sql<boolean>`username_key = any(${keys}::text[])`,
        e.and([sql<boolean>`email = any(${addresses}::text[])`, e.not(isClaimed("accounts"))]),
      ]),
    )
    .where((e) => e.not(e.and([e("status", "=", "pending"), e("created_at", "<", unconfirmedBefore)])))
    .execute();
}

/**
 * Makes the account, with the name and the address of a registration that nobody confirmed in time. Two at once: one
 * is inserted, the other learns what is taken.
 * @throws AccountRefusal username_taken, email_taken
 */
export async function insertAccount(
  context: AccountsContext,
  trx: AccountsTrx,
  account: NewAccount,
): Promise<AccountRow> {
  await dropUnconfirmed(trx, account);
  await endClaimOn(context, trx, account.email);
  const row = await trx
    .insertInto("accounts")
    .values({ ...account, username_key: usernameKey(account.username) })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) {
    await context.welcome(trx, row);
    return row;
  }
  const key = usernameKey(account.username);
  const named = await trx.selectFrom("accounts").select("id").where("username_key", "=", key).executeTakeFirst();
  throw new AccountRefusal(named ? "username_taken" : "email_taken");
}

async function dropUnconfirmed(trx: AccountsTrx, { username, email }: NewIdentity): Promise<void> {
  await trx
    .deleteFrom("accounts")
    .where("status", "=", "pending")
    .where("created_at", "<", unconfirmedBefore)
    .where((e) => e.or([e("username_key", "=", usernameKey(username)), e("email", "=", email)]))
    .execute();
}
