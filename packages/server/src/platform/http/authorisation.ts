import type { ErrorCode } from "../errors/catalogue.ts";
import { StoaError } from "../errors/stoa-error.ts";
import { holds, isSignIn, type Limitation, type Principal, type Scope } from "../principal.ts";
import type { Locale } from "./messages.ts";
import type { RoutePolicy } from "./route-policy.ts";

/** Contract 2's own words for what only admins may do. */
class AdminsOnly extends StoaError {
  constructor() {
    super("forbidden", { message: "Access is limited to administrators.", details: { needs: "an administrator" } });
  }

  inLocale(locale: Locale): StoaError {
    return locale === "en" ? this : new StoaError("forbidden", { message: "دسترسی محدود به مدیران سیستم" });
  }
}

/** The scope would do, but a token that has leaked must not open accounts. */
/** Refuses what only who is signed in may do. */
export class SignInOnly extends StoaError {
  constructor() {
    super("forbidden", { message: "A token cannot do this. Sign in instead.", details: { needs: "a sign-in" } });
  }

  inLocale(locale: Locale): StoaError {
    return locale === "en" ? this : new StoaError("forbidden", { message: "این کار با توکن ممکن نیست. وارد شوید." });
  }
}

const limitationCodes: Readonly<Record<Limitation, ErrorCode>> = {
  "second-factor": "second_factor_required",
  deletion: "deletion_pending",
  unverified: "email_unverified",
};

/** Looking, and one's own account, stay open to who has not proven the e-mail address. */
function isOpenToUnverified(scope: Scope): boolean {
  return scope.endsWith(":read") || scope.startsWith("account:");
}

/** Whoever leaves may look at all that is theirs, and take it along; their programs wait. */
function isOpenBeforeDeletion({ access, audit }: RoutePolicy, principal: Principal): boolean {
  if (!("scope" in access) || access.admin === true || audit !== undefined) return false;
  return access.scope.endsWith(":read") && isSignIn(principal);
}

/** @throws StoaError second_factor_required, deletion_pending or email_unverified */
function refuseLimited(policy: RoutePolicy, principal: Principal, limitation: Limitation): void {
  const { access, openWhile } = policy;
  if (openWhile?.includes(limitation)) return;
  if (limitation === "unverified" && "scope" in access && isOpenToUnverified(access.scope)) return;
  if (limitation === "deletion" && isOpenBeforeDeletion(policy, principal)) return;
  throw new StoaError(limitationCodes[limitation]);
}

/** What may open the account, now or later, or shows what only its owner should have. */
const CLOSED_WHILE_ACTING: ReadonlySet<Scope> = new Set(["account:write", "pat", "sshkey", "billing"]);

/** @throws StoaError acting_as: credentials, security and whom one lets in are their owner's, whoever acts for a while */
function refuseActing(policy: RoutePolicy, { impersonator }: Principal): void {
  const { access, openWhileActing, closedWhileActing } = policy;
  if (impersonator === undefined || "public" in access || openWhileActing === true) return;
  const closed = access.admin === true || access.signIn === true || CLOSED_WHILE_ACTING.has(access.scope);
  if (closed || closedWhileActing === true) throw new StoaError("acting_as");
}

/**
 * Whether the policy lets this principal in.
 * @param refusal why nobody was recognised, thrown where somebody is needed
 * @throws StoaError unauthenticated, wrong_credential, acting_as, password_change_required, forbidden, or for what limits
 *   the account
 */
export function authorise(policy: RoutePolicy, principal: Principal | null, refusal: StoaError): void {
  const { access } = policy;
  if ("public" in access) return;
  if (principal === null) throw refusal;
  refuseActing(policy, principal);
  if (principal.mustChangePassword && policy.allowWhilePasswordChange !== true) {
    throw new StoaError("password_change_required");
  }
  if (principal.limitation) refuseLimited(policy, principal, principal.limitation);
  if (!holds(principal, access.scope)) {
    throw new StoaError("forbidden", { details: { needs: `the scope ${access.scope}` } });
  }
  if (access.admin === true && !principal.isAdmin) throw new AdminsOnly();
  if (access.signIn === true && !isSignIn(principal)) throw new SignInOnly();
}
