import { randomBytes } from "node:crypto";

/** Stands in a built page wherever its nonce goes (`html.cspNonce` of Vite's configuration). */
export const noncePlaceholder = "__CSP_NONCE__";

/** A fresh nonce for one answer. */
export function newNonce(): string {
  return randomBytes(16).toString("base64url");
}
