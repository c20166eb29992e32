import type { CredentialKind } from "../principal.ts";
import type { Dialect } from "./route-policy.ts";

const everywhere = ["storage", "portal", "workspaces", "playgrounds", "pools", "stoa", "web"] as const;

/** Where each kind of credential is good. A service's key opens its own contract and nothing else. */
export const credentialPlaces: Readonly<Record<CredentialKind, readonly Dialect[]>> = {
  cookie: everywhere,
  jwt: everywhere,
  pat: everywhere,
  "uws-token": ["workspaces"],
  "api-key": ["storage"],
  "verification-token": ["playgrounds"],
  // It holds `activity:write` alone, which only the portal's contract and our own API ask for.
  "session-token": ["portal", "stoa"],
};

/** Where `Authorization` may come without a scheme, and what it is then. */
export const bareAuthorization: Readonly<Partial<Record<Dialect, "verification-token" | "bearer">>> = {
  playgrounds: "verification-token",
  pools: "bearer",
};

/** True when this kind of credential may be used at this dialect's addresses. */
export function isGoodAt(kind: CredentialKind, dialect: Dialect): boolean {
  return credentialPlaces[kind].includes(dialect);
}
