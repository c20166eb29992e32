/** What a credential may do. A route names one; `*` (in a credential only) is all of its owner's. */
export const SCOPES = [
  "account:read",
  "account:write",
  "workspaces:read",
  "workspaces:write",
  "sessions:read",
  "sessions:write",
  "operations:read",
  "operations:write",
  "audit:read",
  "events:read",
  "activity:read",
  "activity:write",
  "webhooks",
  "people:read",
  "people:write",
  "metrics:read",
  "storage",
  "zpool",
  "job",
  "sshkey",
  "pat",
  "billing",
  "playground",
] as const;
export type Scope = (typeof SCOPES)[number];

/** How somebody proved who they are. Each kind is good only where `platform/http/credential-places.ts` says. */
export type CredentialKind =
  | "cookie" // the portal's own session
  | "jwt" // contract 2's and 5's access token
  | "pat" // personal access token, zpat_…
  | "uws-token" // contract 3's UWS-Authorization
  | "api-key" // contract 1's X-API-Key
  | "verification-token" // contract 4's bare Authorization
  | "session-token"; // the narrow token a running session holds

export interface Credential {
  readonly kind: CredentialKind;
  /** Names this very credential in revocations and audit entries; never the secret. */
  readonly id: string;
  /** When it ends by itself, ms since the epoch; null: never. */
  readonly expiresAt: number | null;
}

/**
 * What stands between a person and the rest: a second factor to set up, an account that is being deleted, an
 * e-mail address to prove. A route says what stays open (`RoutePolicy.openWhile`).
 */
export type Limitation = "second-factor" | "deletion" | "unverified";

/** An administrator who acts as somebody for a while. */
export interface Impersonator {
  readonly accountId: number;
  readonly label: string;
}

/** What people read of who did something: of an administrator who acted as somebody both names. */
export function nameOfDoer({ label, by }: { readonly label: string; readonly by?: Impersonator | undefined }): string {
  return by === undefined ? label : `${by.label} for ${label}`;
}

/** Who is asking, whatever credential they brought. Policies speak of this and of resources only. */
export interface Principal {
  /** Null for a service's key that belongs to no account. */
  readonly accountId: number | null;
  /** For logs and audit entries, as it was at the time. */
  readonly label: string;
  readonly isAdmin: boolean;
  readonly scopes: ReadonlySet<Scope | "*">;
  readonly credential: Credential;
  /** True: only password change, sign-out and reading oneself are open (see `password_change_required`). */
  readonly mustChangePassword: boolean;
  /** Null or left out: none. */
  readonly limitation?: Limitation | null;
  /** The language the account has chosen; null or left out: none. */
  readonly locale?: "en" | "fa" | null;
  /** The administrator who acts as this account; left out: its owner. What may open the account is closed to them. */
  readonly impersonator?: Impersonator | undefined;
}

/** True for who has just signed in, by the portal or by contract 2; false for tokens that programs keep. */
export function isSignIn({ credential }: { readonly credential: { readonly kind: string } }): boolean {
  return credential.kind === "cookie" || credential.kind === "jwt";
}

/** True when the principal holds the scope. */
export function holds(principal: Principal, scope: Scope): boolean {
  return principal.scopes.has("*") || principal.scopes.has(scope);
}

/** True for somebody who has to put their account in order first: no session of theirs is open meanwhile. */
export function isHeldBack({ mustChangePassword, limitation }: Principal): boolean {
  return mustChangePassword || (limitation ?? null) !== null;
}
