import { StoaError } from "../errors/stoa-error.ts";
import { holds, isSignIn, type Principal } from "../principal.ts";
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
class SignInOnly extends StoaError {
  constructor() {
    super("forbidden", { message: "A token cannot do this. Sign in instead.", details: { needs: "a sign-in" } });
  }

  inLocale(locale: Locale): StoaError {
    return locale === "en" ? this : new StoaError("forbidden", { message: "این کار با توکن ممکن نیست. وارد شوید." });
  }
}

/**
 * Whether the policy lets this principal in.
 * @param refusal why nobody was recognised, thrown where somebody is needed
 * @throws StoaError unauthenticated, wrong_credential, password_change_required or forbidden
 */
export function authorise(policy: RoutePolicy, principal: Principal | null, refusal: StoaError): void {
  const { access } = policy;
  if ("public" in access) return;
  if (principal === null) throw refusal;
  if (principal.mustChangePassword && policy.allowWhilePasswordChange !== true) {
    throw new StoaError("password_change_required");
  }
  if (!holds(principal, access.scope)) {
    throw new StoaError("forbidden", { details: { needs: `the scope ${access.scope}` } });
  }
  if (access.admin === true && !principal.isAdmin) throw new AdminsOnly();
  if (access.signIn === true && !isSignIn(principal)) throw new SignInOnly();
}
