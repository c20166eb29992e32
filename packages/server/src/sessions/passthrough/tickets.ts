import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Platform } from "../../platform/platform.ts";
import { type CredentialKind, isHeldBack, type Principal } from "../../platform/principal.ts";

/** Where a ticket is redeemed on a session's origin. */
export const OPEN_PATH = "/.stoa/open";
const TICKET_SECONDS = 120;

/** What a ticket says: this person may open this job's origin, once, soon. */
export interface Ticket {
  readonly jobId: number;
  readonly accountId: number;
  readonly credentialId: string;
  readonly credentialKind: CredentialKind;
  /** Ms since the epoch; null: never. The credential's own end. */
  readonly credentialExpiresAt: number | null;
  /** Ms since the epoch: the credential was good then. */
  readonly madeAt: number;
  /** Ms since the epoch. */
  readonly expiresAt: number;
  readonly nonce: string;
}

export interface SessionLink {
  /** The session's origin: contract 3's `url_domain`. Empty when sessions have no origin here. */
  readonly domain: string;
  /** Path with the ticket: contract 3's `url_path`. */
  readonly path: string;
  readonly expiresAt: string;
}

export interface Tickets {
  /**
   * A link that a browser without any cookie of ours can open once within two minutes. Made without touching
   * the database, as every read of a job makes one; only redeeming it writes.
   * @returns null when sessions have no origin of their own (no STOA_SESSION_DOMAIN), nobody owns the credential,
   *   or its owner has to put the account in order first.
   */
  link(jobId: number, principal: Principal, to?: string): Promise<SessionLink | null>;
  /** The ticket's content; null when it is forged, for another job or over. */
  read(jobId: number, text: string): Ticket | null;
}

export function createTickets(platform: Pick<Platform, "secrets" | "addresses">, now = Date.now): Tickets {
  const key = platform.secrets.derive("session-ticket");
  const sign = (payload: string): string => createHmac("sha256", key).update(payload).digest("base64url");

  return {
    async link(jobId, principal, to = "/") {
      const origin = platform.addresses.sessionOrigin(jobId);
      if (origin === null || principal.accountId === null) return null;
      if (isHeldBack(principal)) return null;
      const madeAt = now();
      const expiresAt = madeAt + TICKET_SECONDS * 1000;
      const ticket: Ticket = {
        jobId,
        accountId: principal.accountId,
        credentialId: principal.credential.id,
        credentialKind: principal.credential.kind,
        credentialExpiresAt: principal.credential.expiresAt,
        madeAt,
        expiresAt,
        nonce: randomBytes(18).toString("base64url"),
      };
      const payload = Buffer.from(JSON.stringify(ticket)).toString("base64url");
      const query = new URLSearchParams({ ticket: `${payload}.${sign(payload)}`, to });
      return { domain: origin, path: `${OPEN_PATH}?${query}`, expiresAt: new Date(expiresAt).toISOString() };
    },
    read(jobId, text) {
      const [payload, signature, ...rest] = text.split(".");
      if (payload === undefined || signature === undefined || rest.length > 0) return null;
      const expected = Buffer.from(sign(payload));
      const given = Buffer.from(signature);
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
      const ticket = JSON.parse(Buffer.from(payload, "base64url").toString()) as Ticket; // signed by us: its shape is ours
      return ticket.jobId === jobId && ticket.expiresAt > now() ? ticket : null;
    },
  };
}
