import { sql } from "kysely";
import type { AccountRow } from "../account.ts";
import type { ProvenAccount } from "../passwords/password-check.ts";
import { digestOf, looksLikeRandomSecret, randomSecret } from "../secret-format.ts";
import type { AccountsDb, AccountsTrx } from "../tables.ts";

/** Seconds to find the telephone. */
export const PENDING_SECONDS = 300;
/** Wrong codes after which the password is asked for again. */
const ATTEMPTS = 5;
/** At a time, of one account; the oldest ends when there is one more. */
const AT_ONCE = 10;

/** A right password whose code is missing: known by a secret that only the browser holds which typed it. */
export async function openPending(
  trx: AccountsTrx,
  { account, rehashed }: Pick<ProvenAccount, "account" | "rehashed">,
): Promise<{ secret: string; expiresAt: Date }> {
  const secret = randomSecret();
  if (rehashed !== null) await keepRehashed(trx, account, rehashed);
  await trx.deleteFrom("pending_sign_ins").where("expires_at", "<=", sql<Date>`now()`).execute();
  const { expires_at } = await trx
    .insertInto("pending_sign_ins")
    .values({
      secret_hash: digestOf(secret),
      account_id: account.id,
      token_epoch: account.token_epoch,
      created_at: sql<Date>`clock_timestamp()`,
      expires_at: sql<Date>`now() + make_interval(secs => ${PENDING_SECONDS})`,
    })
    .returning("expires_at")
    .executeTakeFirstOrThrow();
  const kept = trx
    .selectFrom("pending_sign_ins")
    .select("secret_hash")
    .where("account_id", "=", account.id)
    .orderBy("created_at", "desc")
    .limit(AT_ONCE);
  await trx
    .deleteFrom("pending_sign_ins")
    .where("account_id", "=", account.id)
    .where("secret_hash", "not in", kept)
    .execute();
  return { secret, expiresAt: expires_at };
}

/** With today's parameters: the second step doesn't see the password. */
async function keepRehashed(
  trx: AccountsTrx,
  account: Pick<AccountRow, "id" | "token_epoch">,
  password_hash: string,
): Promise<void> {
  const update = trx.updateTable("accounts").set({ password_hash }).where("id", "=", account.id);
  await update.where("token_epoch", "=", account.token_epoch).execute();
}

/** Whose sign-in waits for a code; null when there is none, or it is over. Nothing is locked. */
export async function findPending(db: AccountsDb | AccountsTrx, secret: string): Promise<AccountRow | null> {
  if (!looksLikeRandomSecret(secret)) return null;
  const account = await db
    .selectFrom("pending_sign_ins as p")
    .innerJoin("accounts as a", "a.id", "p.account_id")
    .selectAll("a")
    .where("p.secret_hash", "=", digestOf(secret))
    .where("p.expires_at", ">", sql<Date>`now()`)
    .where("p.attempts", "<", ATTEMPTS)
    // A password change, a reset or a deactivation between the two steps ends it.
    .whereRef("p.token_epoch", "=", "a.token_epoch")
    .where("a.status", "=", "active")
    .executeTakeFirst();
  return account ?? null;
}

/** The same with the account locked: tries at one account come one after the other. */
export async function lockPending(trx: AccountsTrx, secret: string): Promise<AccountRow | null> {
  const found = await findPending(trx, secret);
  if (!found) return null;
  await trx.selectFrom("accounts").select("id").where("id", "=", found.id).forUpdate().execute();
  // Looked at again: what held the lock may have used it up.
  return findPending(trx, secret);
}

/** One wrong code more. False when that was the last try. */
export async function countWrongCode(trx: AccountsTrx, secret: string): Promise<boolean> {
  const { attempts } = await trx
    .updateTable("pending_sign_ins")
    .set({ attempts: sql`attempts + 1` })
    .where("secret_hash", "=", digestOf(secret))
    .returning("attempts")
    .executeTakeFirstOrThrow();
  return attempts < ATTEMPTS;
}

export async function endPending(trx: AccountsTrx, secret: string): Promise<void> {
  await trx.deleteFrom("pending_sign_ins").where("secret_hash", "=", digestOf(secret)).execute();
}
