import type { Principal } from "../principal.ts";

/** At once where it is remembered. */
export type Found = Promise<Principal | null> | Principal | null;

/** Where a secret was brought to, and from where. */
export interface Brought {
  /** The caller's. */
  readonly address: string;
  readonly method: string;
  /** As the route is declared: `/api/audit-logs`. */
  readonly route: string;
}

/** What the accounts domain gives the HTTP platform: each turns one kind of secret into a principal, or null. */
export interface Authenticator {
  /**
   * `Authorization: Bearer …`: a JWT or a PAT (told apart by the prefix zpat_).
   * @param brought left out: to a socket
   */
  bearer(token: string, brought?: Brought): Found;
  /** The portal's session cookie. */
  cookie(value: string): Found;
  /** `UWS-Authorization: Token …`. */
  uwsToken(token: string): Found;
  /** `X-API-Key`. */
  apiKey(key: string): Found;
  /** `Authorization` without a scheme in the playgrounds' API. */
  verificationToken(token: string): Found;
  /** Remembers the use of a credential (address, agent, when, count); batched, never in the request's way. */
  noteUse(principal: Principal, address: string, agent: string): void;
}
