import { type RawBuilder, sql } from "kysely";
import type { CredentialKind } from "../platform/principal.ts";
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
 * Does it still stand: not ended, not over, its account active? For rights that were made of a credential and
 * outlive the request (a session's access), so that they end with it.
 */
export async function credentialIsLive(db: AccountsDb, credential: KnownCredential): Promise<boolean> {
  const { rows } = await sql<{ live: boolean }>`
    select exists (select from accounts where id = ${credential.accountId} and status = 'active'
      and deletion_due_at is null) and ${standing(credential)} as live
  `.execute(db);
  return rows[0]?.live === true;
}

/** Seconds that the request which made the right, and clocks of several hosts, may be apart from the revocation. */
const MARGIN_SECONDS = 10;

function standing({ kind, id, accountId, seenAt }: KnownCredential): RawBuilder<unknown> {
  switch (kind) {
    case "cookie":
      return sql`exists (select from web_sessions where id = ${id} and account_id = ${accountId}
        and least(idle_expires_at, absolute_expires_at) > now())`;
    case "pat":
      return sql`exists (select from personal_tokens where key_id = ${id} and account_id = ${accountId}
        and revoked_at is null and expiry_at > now())`;
    case "uws-token":
      return sql`exists (select from uws_tokens where id = ${id} and account_id = ${accountId} and expires_at > now())`;
    case "jwt":
      // Of a token only its end is written down: its own, or that of all of the account's since it was seen.
      return sql`not exists (select from revoked_access_tokens where jti = ${id})
        and not exists (select from events where type = 'credential.revoked' and subject_kind = 'account'
          and subject_id = ${String(accountId)} and data->>'except' is distinct from ${id}
          and at >= ${seenAt}::timestamptz - make_interval(secs => ${MARGIN_SECONDS}))`;
    default:
      // A service's key belongs to no account, a session's own token opens no session.
      return sql`false`;
  }
}
