import type { Principal } from "../principal.ts";

/** What the accounts domain gives the HTTP platform: each turns one kind of secret into a principal, or null. */
export interface Authenticator {
  /** `Authorization: Bearer …`: a JWT or a PAT (told apart by the prefix zpat_). */
  bearer(token: string): Promise<Principal | null>;
  /** The portal's session cookie. */
  cookie(value: string): Promise<Principal | null>;
  /** `UWS-Authorization: Token …`. */
  uwsToken(token: string): Promise<Principal | null>;
  /** `X-API-Key`. */
  apiKey(key: string): Promise<Principal | null>;
  /** `Authorization` without a scheme in the playgrounds' API. */
  verificationToken(token: string): Promise<Principal | null>;
  /** Remembers the use of a credential (address, agent, when, count); batched, never in the request's way. */
  noteUse(principal: Principal, address: string, agent: string): void;
}
