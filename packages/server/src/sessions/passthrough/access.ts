import { createHmac, timingSafeEqual } from "node:crypto";
import { sql } from "kysely";
import { isConnectionLoss } from "../../platform/database/connection-loss.ts";
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
  /** The access a request's Cookie header proves for this job; null: none. Answers from memory while it may. */
  find(jobId: number, cookieHeader: string | undefined): Access | null | Promise<Access | null>;
}

const ACCESS_HOURS = 12;
/** How long a check counts: revocations drop it at once while events arrive, else it may be 1 s old at most. */
const FRESH_MS = { listening: 15_000, deaf: 1_000 };
const CACHED_AT_MOST = 10_000;

export function createAccessGrants(platform: Platform): AccessGrants {
  const db = platform.db.withTables<PassthroughTables>();
  const key = platform.secrets.derive("session-access");
  const secure = platform.addresses.portalOrigin().startsWith("https:");
  const cookieName = secure ? "__Host-stoa_access" : "stoa_access";
  const cache = new Map<string, { access: Access; checkedAt: number }>();

  platform.revocations.onAny((what) => {
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
      .where(notRevokedSince)
      .executeTakeFirst();
    if (row === undefined) return null;
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
    try {
      const access = await check(jobId, cookie);
      if (access === null) cache.delete(cookie);
      else {
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

  return {
    cookieName,
    async redeem(ticket) {
      const end = Math.min(
        Date.now() + ACCESS_HOURS * 3_600_000,
        ticket.credentialExpiresAt ?? Number.MAX_SAFE_INTEGER,
      );
      await db.deleteFrom("session_access").where("expires_at", "<", new Date()).execute();
      const made = await db
        .insertInto("session_access")
        .values({
          id: ticket.nonce,
          job_id: ticket.jobId,
          account_id: ticket.accountId,
          credential_id: ticket.credentialId,
          credential_seen_at: new Date(ticket.madeAt),
          expires_at: new Date(end),
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .executeTakeFirst();
      if (made.numInsertedOrUpdatedRows !== 1n) return null;
      const age = Math.floor((end - Date.now()) / 1000);
      return `${cookieName}=${cookieOf(ticket.nonce)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure ? "; Secure" : ""}`;
    },
    find(jobId, cookieHeader) {
      const cookie = cookieHeader === undefined ? null : cookieValue(cookieHeader, cookieName);
      if (cookie === null) return null;
      const known = cache.get(cookie);
      const fresh = platform.events.listening ? FRESH_MS.listening : FRESH_MS.deaf;
      if (known !== undefined && known.access.jobId === jobId && known.access.expiresAt > Date.now()) {
        if (Date.now() - known.checkedAt < fresh) return known.access;
      }
      return refresh(jobId, cookie);
    },
  };
}

/**
 * Every end of a credential is an event in the outbox, kept for days, and an access lives for hours: so this
 * holds whatever was down when the credential ended.
 */
const notRevokedSince = sql<boolean>`not exists (
  select 1 from events
  where events.type = 'credential.revoked' and events.at >= session_access.credential_seen_at
    and ((events.subject_kind = 'credential' and events.subject_id = session_access.credential_id)
      or (events.subject_kind = 'account' and events.subject_id = session_access.account_id::text
        and events.data->>'except' is distinct from session_access.credential_id)))`;

/** The value of the only cookie of that name; null when absent or there twice (somebody tossed one in). */
function cookieValue(header: string, name: string): string | null {
  let found: string | null = null;
  for (const part of header.split(";")) {
    const text = part.trim();
    if (!text.startsWith(`${name}=`)) continue;
    if (found !== null) return null;
    found = text.slice(name.length + 1);
  }
  return found;
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
