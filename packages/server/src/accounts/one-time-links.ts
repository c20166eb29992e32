import { sql } from "kysely";
import type { AccountRow } from "./account.ts";
import type { AccountsContext } from "./context.ts";
import { digestOf, looksLikeRandomSecret, randomSecret } from "./secret-format.ts";
import type { AccountsDb, AccountsTrx } from "./tables.ts";

type Purpose = "reset" | "confirm" | "verify";

export interface OneTimeLink {
  /** At the portal; the secret stands after the #, so that it never reaches logs or a Referer header. */
  readonly url: string;
  readonly expiresAt: Date;
}

const pages: Readonly<Record<Purpose, string>> = {
  reset: "/portal/reset",
  confirm: "/portal/confirm",
  verify: "/portal/verify",
};
/** Seconds. */
const lifetimes: Readonly<Record<Purpose, number>> = { reset: 3_600, confirm: 172_800, verify: 172_800 };
/** Seconds for somebody new to choose the first password: the link is all that they have, and may be passed on late. */
export const FIRST_PASSWORD_LIFETIME = 604_800;

/** Whether a link for a new password is the first way into the account: nobody has ever signed in to it. */
export function isFirstWayIn({ last_login_at: signedIn }: Pick<AccountRow, "last_login_at">): boolean {
  return signedIn === null;
}

interface LinkOptions {
  readonly email?: string | null;
  readonly lifetime?: number;
  readonly keepsEarlier?: boolean;
}

/**
 * Makes a link of this purpose for the account; earlier ones of it end. The secret is in the answer only.
 * @param email the address that it proves
 * @param lifetime seconds
 * @param keepsEarlier leaves them as they are, where a stranger can have one made
 */
export async function makeLink(
  context: AccountsContext,
  trx: AccountsTrx,
  accountId: number,
  purpose: Purpose,
  { email = null, lifetime = lifetimes[purpose], keepsEarlier = false }: LinkOptions = {},
): Promise<OneTimeLink> {
  const secret = randomSecret();
  if (!keepsEarlier) await endLinks(trx, accountId, purpose);
  const { expires_at } = await trx
    .insertInto("account_links")
    .values({
      account_id: accountId,
      purpose,
      email,
      secret_hash: digestOf(secret),
      expires_at: sql<Date>`now() + make_interval(secs => ${lifetime})`,
    })
    .returning("expires_at")
    .executeTakeFirstOrThrow();
  const url = `${context.platform.addresses.portalOrigin()}${pages[purpose]}#token=${secret}`;
  return { url, expiresAt: expires_at };
}

/** Whatever links of this purpose the account has are good for nothing any more. */
export async function endLinks(trx: AccountsTrx, accountId: number, purpose: Purpose): Promise<void> {
  await trx.deleteFrom("account_links").where("account_id", "=", accountId).where("purpose", "=", purpose).execute();
}

/** The account of a link that can still be used; null for any other. */
export async function findLink(
  db: AccountsDb | AccountsTrx,
  purpose: Purpose,
  secret: string,
): Promise<AccountRow | null> {
  if (!looksLikeRandomSecret(secret)) return null;
  const row = await db
    .selectFrom("account_links as l")
    .innerJoin("accounts as a", "a.id", "l.account_id")
    .selectAll("a")
    .where("l.purpose", "=", purpose)
    .where("l.secret_hash", "=", digestOf(secret))
    .where("l.used_at", "is", null)
    .where("l.expires_at", ">", sql<Date>`now()`)
    .executeTakeFirst();
  return row ?? null;
}

/** Uses it up. False when somebody was faster. */
export async function useLink(trx: AccountsTrx, purpose: Purpose, secret: string): Promise<boolean> {
  return (await take(trx, purpose, secret).executeTakeFirst()) !== undefined;
}

/** Uses up a link of this account; null when it is another's, was used, or is over. */
export async function takeLink(
  trx: AccountsTrx,
  purpose: Purpose,
  secret: string,
  accountId: number,
): Promise<{ readonly email: string | null } | null> {
  if (!looksLikeRandomSecret(secret)) return null;
  return (await take(trx, purpose, secret).where("account_id", "=", accountId).executeTakeFirst()) ?? null;
}

function take(trx: AccountsTrx, purpose: Purpose, secret: string) {
  return trx
    .updateTable("account_links")
    .set({ used_at: sql<Date>`now()` })
    .where("purpose", "=", purpose)
    .where("secret_hash", "=", digestOf(secret))
    .where("used_at", "is", null)
    .where("expires_at", ">", sql<Date>`now()`)
    .returning("email");
}
