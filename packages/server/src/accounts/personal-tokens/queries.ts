import { type Selectable, sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { AccountsDb, AccountsTrx, AccountTables } from "../tables.ts";

export type PersonalTokenRow = Omit<
  Selectable<AccountTables["personal_tokens"]>,
  "secret_hash" | "expiry_set_at" | "noticed_days"
> & {
  readonly status: "active" | "revoked" | "expired";
};

const status = sql<PersonalTokenRow["status"]>`case
  when revoked_at is not null then 'revoked'
  when expiry_at <= now() then 'expired'
  else 'active' end`.as("status");

/** All but the secret's digest and what only the notices need. */
export const COLUMNS = [
  "key_id",
  "account_id",
  "label",
  "scopes",
  "created_at",
  "expiry_at",
  "hard_expiry_at",
  "revoked_at",
  "last_used_at",
  "last_ip",
  "last_ua",
  "usage_count",
  "token_ver",
  status,
] as const;

/** Newest first. */
export function tokensOf(db: AccountsDb, accountId: number): Promise<PersonalTokenRow[]> {
  return db
    .selectFrom("personal_tokens")
    .select(COLUMNS)
    .where("account_id", "=", accountId)
    .orderBy("created_at", "desc")
    .orderBy("key_id")
    .execute();
}

/** By owner: somebody else's token is as absent as one that never was. Locks it. */
export async function lockToken(trx: AccountsTrx, accountId: number, keyId: string): Promise<PersonalTokenRow | null> {
  const found = await trx
    .selectFrom("personal_tokens")
    .select(COLUMNS)
    .where("account_id", "=", accountId)
    .where("key_id", "=", keyId)
    .forUpdate()
    .executeTakeFirst();
  return found ?? null;
}

export async function liveTokenCount(trx: AccountsTrx, accountId: number): Promise<number> {
  const { count } = await trx
    .selectFrom("personal_tokens")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("account_id", "=", accountId)
    .where("revoked_at", "is", null)
    .where("expiry_at", ">", sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return count;
}

/** A token that works now, with its active owner. */
export async function findLiveToken(
  db: AccountsDb,
  secretHash: Buffer,
): Promise<{ account: AccountRow; keyId: string; scopes: string[]; expiresAt: number } | null> {
  const row = await db
    .selectFrom("personal_tokens as t")
    .innerJoin("accounts as a", "a.id", "t.account_id")
    .selectAll("a")
    .select(["t.key_id", "t.scopes", "t.expiry_at"])
    .where("t.secret_hash", "=", secretHash)
    .where("t.revoked_at", "is", null)
    .where("t.expiry_at", ">", sql<Date>`now()`)
    .where("a.status", "=", "active")
    .executeTakeFirst();
  if (!row) return null;
  const { key_id, scopes, expiry_at, ...account } = row;
  return { account, keyId: key_id, scopes, expiresAt: expiry_at.getTime() };
}
