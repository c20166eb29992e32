import { sql } from "kysely";
import type { AccountRow } from "./account.ts";
import { usernameKey } from "./identity-rules.ts";
import type { AccountsDb, AccountsTrx } from "./tables.ts";

export async function findAccount(db: AccountsDb | AccountsTrx, id: number): Promise<AccountRow | null> {
  return (await db.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

export function findAccounts(db: AccountsDb | AccountsTrx, ids: readonly number[]): Promise<AccountRow[]> {
  return db
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", sql<number>`any(${[...new Set(ids)]}::bigint[])`)
    .execute();
}

/** A person by user name or e-mail address, never a service: it has no password. A user name has no @, so it can't be somebody else's address. */
export async function findByLogin(db: AccountsDb, login: string): Promise<AccountRow | null> {
  const key = usernameKey(login.trim());
  if (key.includes("\0")) return null;
  const query = db.selectFrom("accounts").selectAll().where("kind", "=", "person");
  const found = key.includes("@") ? query.where("email", "=", key) : query.where("username_key", "=", key);
  return (await found.executeTakeFirst()) ?? null;
}

/** Active administrators' ids, as they are in this transaction. */
export async function adminIds(trx: AccountsTrx): Promise<number[]> {
  const admins = trx.selectFrom("accounts").select("id").where("is_admin", "=", true).where("status", "=", "active");
  return (await admins.orderBy("id").execute()).map(({ id }) => id);
}
