import { StoaError } from "../errors/stoa-error.ts";
import type { Principal } from "../principal.ts";
import type { Authenticator, Brought, Found } from "./authenticator.ts";
import { bareAuthorization, isGoodAt } from "./credential-places.ts";
import type { Presented } from "./credentials.ts";
import type { Dialect } from "./route-policy.ts";

/** Who it is, or why nobody: a refusal that matters only where somebody is needed. */
export type Identity = { readonly principal: Principal } | { readonly principal: null; readonly refusal: StoaError };

/**
 * Turns a presented secret into a principal, if its kind is good at this dialect's addresses; at once where the
 * authenticator knows it at once.
 */
export function identify(
  presented: Presented | null,
  dialect: Dialect,
  authenticator: Authenticator,
  brought?: Brought,
): Identity | Promise<Identity> {
  if (presented === null) return nobody(new StoaError("unauthenticated", missing(dialect)));
  const verify = verifierFor(presented, dialect, authenticator, brought);
  if (verify instanceof StoaError) return nobody(verify);
  const found = verify();
  return found instanceof Promise ? found.then((one) => judged(one, dialect)) : judged(found, dialect);
}

function judged(principal: Principal | null, dialect: Dialect): Identity {
  if (principal === null || isOver(principal)) {
    return nobody(new StoaError("unauthenticated", { details: { header: "invalid" } }));
  }
  if (!isGoodAt(principal.credential.kind, dialect)) return nobody(new StoaError("wrong_credential"));
  return { principal };
}

function nobody(refusal: StoaError): Identity {
  return { principal: null, refusal };
}

/** Contract 3 tells a header that isn't there from one that isn't good. */
function missing(dialect: Dialect): { details?: { header: string } } {
  return dialect === "workspaces" ? { details: { header: "malformed" } } : {};
}

function isOver(principal: Principal): boolean {
  const { expiresAt } = principal.credential;
  return expiresAt !== null && expiresAt <= Date.now();
}

type Verify = () => Found;

function verifierFor(
  { by, value }: Presented,
  dialect: Dialect,
  authenticator: Authenticator,
  brought: Brought | undefined,
): Verify | StoaError {
  switch (by) {
    case "cookie":
      return () => authenticator.cookie(value);
    case "X-API-Key":
      return isGoodAt("api-key", dialect) ? () => authenticator.apiKey(value) : new StoaError("wrong_credential");
    case "UWS-Authorization":
      return uwsVerifier(value, dialect, authenticator);
    case "?token=":
    case "first message":
      return () => authenticator.uwsToken(value);
    case "Authorization":
      return authorizationVerifier(value, dialect, authenticator, brought);
  }
}

function uwsVerifier(value: string, dialect: Dialect, authenticator: Authenticator): Verify | StoaError {
  if (!isGoodAt("uws-token", dialect)) return new StoaError("wrong_credential");
  const token = afterScheme(value, "token");
  return token === null ? malformedHeader() : () => authenticator.uwsToken(token);
}

function authorizationVerifier(
  value: string,
  dialect: Dialect,
  authenticator: Authenticator,
  brought: Brought | undefined,
): Verify | StoaError {
  const bearer = afterScheme(value, "bearer");
  if (bearer !== null) return () => authenticator.bearer(bearer, brought);
  if (/\s/.test(value) || value === "") return malformedHeader();
  const bare = bareAuthorization[dialect];
  if (bare === "bearer") return () => authenticator.bearer(value, brought);
  if (bare === "verification-token") return () => authenticator.verificationToken(value);
  return malformedHeader();
}

function malformedHeader(): StoaError {
  return new StoaError("unauthenticated", { details: { header: "malformed" } });
}

/** The token of `Scheme token`; null when the header has another form. */
function afterScheme(value: string, scheme: string): string | null {
  const space = value.indexOf(" ");
  if (space === -1 || value.slice(0, space).toLowerCase() !== scheme) return null;
  const token = value.slice(space + 1).trim();
  return token === "" || /\s/.test(token) ? null : token;
}
