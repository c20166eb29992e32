import { createHmac, timingSafeEqual } from "node:crypto";
import type { SecretBox } from "../secrets/contract.ts";

export interface CsrfTokens {
  /** The token of a portal session, given out by `/auth/session`. @param sessionId the cookie credential's id */
  tokenFor(sessionId: string): string;
  matches(token: string | undefined, sessionId: string): boolean;
}

/** An HMAC of the session's id: nothing to store, the same on every process, worthless for another session. */
export function createCsrfTokens(secrets: Pick<SecretBox, "derive">): CsrfTokens {
  const key = secrets.derive("csrf");
  const digest = (sessionId: string) => createHmac("sha256", key).update(sessionId).digest();
  return {
    tokenFor: (sessionId) => digest(sessionId).toString("base64url"),
    matches(token, sessionId) {
      const given = Buffer.from(token ?? "", "base64url");
      const expected = digest(sessionId);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
