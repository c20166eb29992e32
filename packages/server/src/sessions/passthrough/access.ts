import { createHmac, timingSafeEqual } from "node:crypto";
import type { Selectable } from "kysely";
import type { Accounts } from "../../accounts/accounts.ts";
import { isConnectionLoss } from "../../platform/database/connection-loss.ts";
import { cookieValues } from "../../platform/http/session-cookie.ts";
import type { Platform } from "../../platform/platform.ts";
import type { PassthroughTables } from "./tables.ts";
import type { Ticket } from "./tickets.ts";

/** A browser's right to one session's origin. */
export interface Access {
  readonly id: string;
  readonly jobId: number;
  readonly accountId: number;
  readonly credentialId: string;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

export interface AccessGrants {
  readonly cookieName: string;
  /** Redeems a ticket: the Set-Cookie header, or null when the ticket was redeemed before. */
  redeem(ticket: Ticket): Promise<string | null>;
  /** The access a request's Cookie header proves for this job; null: none. */
  find(jobId: number, cookieHeader: string | undefined): Promise<Access | null>;
  /** The same from memory, while that may be relied on; null: ask `find`. */
  recall(jobId: number, cookieHeader: string | undefined): Access | null;
}

/** Does the credential behind an access still stand? The accounts domain knows. */
export type CredentialIsLive = Accounts["credentialIsLive"];

const ACCESS_HOURS = 12;
/** How long a check counts: revocations drop it at once while events arrive, else it may be 1 s old at most. */
const FRESH_MS = { listening: 15_000, deaf: 1_000 };
const CACHED_AT_MOST = 10_000;

export function createAccessGrants(platform: Platform, isLive: CredentialIsLive): AccessGrants {
  const db = platform.db.withTables<PassthroughTables>();
  const key = platform.secrets.derive("session-access");
  const secure = platform.addresses.portalOrigin().startsWith("https:");
  const cookieName = secure ? "__Host-stoa_access" : "stoa_access";
  const cache = new Map<string, { access: Access; checkedAt: number }>();
  // What was read before a revocation must not be kept after it.
  let revocations = 0;

  platform.revocations.onAny((what) => {
    revocations += 1;
    for (const [cookie, { access }] of cache) {
      const hit =
        "credentialId" in what ? access.credentialId === what.credentialId : access.accountId === what.accountId;
      if (hit) cache.delete(cookie);
    }
  });

  const cookieOf = (id: string): string => `${id}.${createHmac("sha256", key).update(id).digest("base64url")}`;

  async function check(jobId: number, cookie: string): Promise<Access | null> {
    const id = cookie.slice(0, cookie.indexOf("."));
    if (!same(cookie, cookieOf(id))) return null;
    const row = await db
      .selectFrom("session_access")
      .selectAll()
      .where("id", "=", id)
      .where("job_id", "=", jobId)
      .where("expires_at", ">", new Date())
      .executeTakeFirst();
    if (row === undefined || !(await isLive(credentialOf(row)))) return null;
    return {
      id,
      jobId: row.job_id,
      accountId: row.account_id,
      credentialId: row.credential_id,
      expiresAt: row.expires_at.getTime(),
    };
  }

  async function refresh(jobId: number, cookie: string): Promise<Access | null> {
    const startedAt = Date.now();
    const before = revocations;
    try {
      const access = await check(jobId, cookie);
      if (access === null) cache.delete(cookie);
      else if (before === revocations) {
        if (cache.size >= CACHED_AT_MOST) cache.delete(cache.keys().next().value as string);
        cache.set(cookie, { access, checkedAt: startedAt });
      }
      return access;
    } catch (error) {
      // While the database is away, what was open stays open.
      const known = cache.get(cookie);
      if (known !== undefined && known.access.jobId === jobId && isConnectionLoss(error)) return known.access;
      throw error;
    }
  }

  function recall(jobId: number, cookie: string): Access | null {
    const known = cache.get(cookie);
    const fresh = platform.events.listening ? FRESH_MS.listening : FRESH_MS.deaf;
    if (known === undefined || known.access.jobId !== jobId || known.access.expiresAt <= Date.now()) return null;
    return Date.now() - known.checkedAt < fresh ? known.access : null;
  }

  return {
    cookieName,
    async redeem(ticket) {
      const end = Math.min(
        Date.now() + ACCESS_HOURS * 3_600_000,
        ticket.credentialExpiresAt ?? Number.MAX_SAFE_INTEGER,
      );
      const credential = { kind: ticket.credentialKind, id: ticket.credentialId, accountId: ticket.accountId };
      // Not only when the ticket was made: a request under way when its credential ended may have made it since.
      if (!(await isLive({ ...credential, seenAt: new Date(ticket.madeAt) }))) return null;
      await db.deleteFrom("session_access").where("expires_at", "<", new Date()).execute();
      const made = await db
        .insertInto("session_access")
        .values({
          id: ticket.nonce,
          job_id: ticket.jobId,
          account_id: ticket.accountId,
          credential_id: ticket.credentialId,
          credential_kind: ticket.credentialKind,
          credential_seen_at: new Date(ticket.madeAt),
          expires_at: new Date(end),
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .executeTakeFirst();
      if (made.numInsertedOrUpdatedRows !== 1n) return null;
      const age = Math.floor((end - Date.now()) / 1000);
      return `${cookieName}=${cookieOf(ticket.nonce)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure ? "; Secure" : ""}`;
    },
    async find(jobId, cookieHeader) {
      const cookie = cookieValue(cookieHeader, cookieName);
      if (cookie === null) return null;
      return recall(jobId, cookie) ?? (await refresh(jobId, cookie));
    },
    recall(jobId, cookieHeader) {
      const cookie = cookieValue(cookieHeader, cookieName);
      return cookie === null ? null : recall(jobId, cookie);
    },
  };
}

function credentialOf(row: Selectable<PassthroughTables["session_access"]>) {
  return {
    kind: row.credential_kind,
    id: row.credential_id,
    accountId: row.account_id,
    seenAt: row.credential_seen_at,
  };
}

/** The value of the only cookie of that name; null when absent or there twice (somebody tossed one in). */
function cookieValue(header: string | undefined, name: string): string | null {
  const [value, ...others] = cookieValues(header, name);
  return value === undefined || others.length > 0 ? null : value;
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
