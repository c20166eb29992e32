import { type RawBuilder, sql } from "kysely";
import type { Config } from "../config/schema.ts";
import type { CredentialKind } from "../platform/principal.ts";
import { limitationOf } from "./limitation.ts";
import type { AccountsDb } from "./tables.ts";

/** A credential that was good once, named without its secret. */
export interface KnownCredential {
  readonly kind: CredentialKind;
  readonly id: string;
  readonly accountId: number;
  /** When it was last seen to be good. */
  readonly seenAt: Date;
}

/**
 * Does it still stand: not ended, not over, its account active, and nothing asked of its owner first (a second factor,
 * a new password)? For rights that were made of a credential and outlive the request (a session's access), so that
 * they end with it, and rest while it rests.
 */
export async function credentialIsLive(
  db: AccountsDb,
  config: Pick<Config, "accounts">,
  credential: KnownCredential,
): Promise<boolean> {
  const account = await db
    .selectFrom("accounts")
    .select(["kind", "is_admin", "second_factor_at", "deletion_due_at", "email_verified_at", "must_change_password"])
    .where("id", "=", credential.accountId)
    .where("status", "=", "active")
    .where(standing(credential))
    .executeTakeFirst();
  return account !== undefined && !account.must_change_password && limitationOf(account, config) === null;
}

/** Seconds that the request which made the right, and clocks of several hosts, may be apart from the revocation. */
const MARGIN_SECONDS = 10;

function standing({ kind, id, accountId, seenAt }: KnownCredential): RawBuilder<boolean> {
  switch (kind) {
    case "cookie":
      return sql<boolean>`exists (select from web_sessions where id = ${id} and account_id = ${accountId}
        and least(idle_expires_at, absolute_expires_at) > now())`;
    case "pat":
      return sql<boolean>`exists (select from personal_tokens where key_id = ${id} and account_id = ${accountId}
        and revoked_at is null and expiry_at > now())`;
    case "uws-token":
      return sql<boolean>`exists (select from uws_tokens where id = ${id} and account_id = ${accountId} and expires_at > now())`;
    case "jwt":
      // Of a token only its end is written down: its own, or that of all of the account's since it was seen.
      return sql<boolean>`not exists (select from revoked_access_tokens where jti = ${id})
        and not exists (select from events where type = 'credential.revoked' and subject_kind = 'account'
          and subject_id = ${String(accountId)} and data->>'except' is distinct from ${id}
          and at >= ${seenAt}::timestamptz - make_interval(secs => ${MARGIN_SECONDS}))`;
    default:
      // A service's key belongs to no account, a session's own token opens no session.
      return sql<boolean>`false`;
  }
}
