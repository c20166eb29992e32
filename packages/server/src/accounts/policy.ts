import { isSignIn, type Principal, SCOPES, type Scope } from "../platform/principal.ts";
import type { AccountRow } from "./account.ts";
import { AccountRefusal } from "./refusals.ts";

/** What only administrators hold: others' data, the whole server, services' own APIs. */
const ADMIN_SCOPES: ReadonlySet<Scope> = new Set([
  "people:read",
  "people:write",
  "metrics:read",
  "storage",
  "playground",
]);

const PERSON_SCOPES: ReadonlySet<Scope> = new Set(SCOPES.filter((scope) => !ADMIN_SCOPES.has(scope)));

/** Contract 3's own token reaches workspaces and sessions only. */
export const UWS_SCOPES: ReadonlySet<Scope> = new Set([
  "workspaces:read",
  "workspaces:write",
  "sessions:read",
  "sessions:write",
]);

/** All that the account may do; a signed-in person holds exactly this. */
export function ownedScopes(account: Pick<AccountRow, "is_admin">): ReadonlySet<Scope | "*"> {
  return account.is_admin ? new Set(["*"]) : PERSON_SCOPES;
}

/** What a token with these scopes may do now: never more than its owner, whatever it was given when. */
export function narrowedScopes(
  account: Pick<AccountRow, "is_admin">,
  scopes: readonly string[],
): ReadonlySet<Scope | "*"> {
  const owned = ownedScopes(account);
  if (scopes.includes("*")) return owned;
  return new Set(SCOPES.filter((scope) => scopes.includes(scope) && (owned.has("*") || owned.has(scope))));
}

/** The scopes among these that the account can't give away. */
export function unownedScopes(account: Pick<AccountRow, "is_admin">, scopes: readonly string[]): string[] {
  const granted = narrowedScopes(account, scopes);
  return scopes.filter((scope) => scope !== "*" && !granted.has("*") && !granted.has(scope as Scope));
}

/**
 * Passwords, tokens and roles are managed by a signed-in person, never by a token that may have leaked.
 * @throws AccountRefusal `reason`
 */
export function requireSignIn(
  principal: Principal,
  reason: "token_by_token" | "sign_in_needed" = "token_by_token",
): void {
  if (!isSignIn(principal)) throw new AccountRefusal(reason);
}
