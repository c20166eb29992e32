import type { FastifyRequest } from "fastify";
import { StoaError } from "../errors/stoa-error.ts";
import type { Principal } from "../principal.ts";
import type { SecretBox } from "../secrets/contract.ts";
import { identify } from "./authentication.ts";
import type { Authenticator } from "./authenticator.ts";
import { authorise } from "./authorisation.ts";
import { presentedCredential } from "./credentials.ts";
import { createCsrfTokens } from "./csrf.ts";
import { preferredLocale } from "./messages.ts";
import type { RateLimits } from "./rate-limits.ts";
import { isFromOurPages, isSafeMethod } from "./request-origin.ts";
import type { RoutePolicy } from "./route-policy.ts";
import { cookieValues } from "./session-cookie.ts";

/** Keeps requests that are allowed waiting until later, for reasons beyond who asks. @throws StoaError */
export type Hold = (asked: {
  readonly policy: RoutePolicy;
  readonly method: string;
  readonly principal: Principal | null;
}) => void;

export interface GuardOptions {
  readonly authenticator: Authenticator;
  readonly secrets: Pick<SecretBox, "derive">;
  readonly cookieName: string;
  readonly limits: RateLimits;
  readonly portalOrigin: () => string;
  readonly hold?: Hold | undefined;
}

/** Who is it, not too often, and may they: before any body is read. */
export function createGuard(options: GuardOptions): (request: FastifyRequest) => Promise<void> {
  const { authenticator, limits, hold } = options;
  const recognise = createRecognition(options);
  return async (request) => {
    const policy = request.routeOptions.config.policy;
    if (request.is404 || policy === undefined) return;
    const refusal = await recognise(request, policy);
    limits.admit(request);
    authorise(policy, request.principal, refusal);
    hold?.({ policy, method: request.method, principal: request.principal });
    if (request.principal !== null) {
      authenticator.noteUse(request.principal, request.ip, request.headers["user-agent"] ?? "");
    }
  };
}

const nobodyNeeded = new StoaError("unauthenticated");

/** Sets `request.principal`. @returns why it is nobody, for a route that needs somebody */
function createRecognition(
  options: GuardOptions,
): (request: FastifyRequest, policy: RoutePolicy) => Promise<StoaError> {
  const { authenticator, cookieName } = options;
  const csrf = createCsrfTokens(options.secrets);

  return async (request, policy) => {
    const own = [options.portalOrigin(), `${request.protocol}://${request.host}`];
    const cookieCounts = isFromOurPages(request.headers, own, "no-contradiction");
    const presented = presentedCredential(request.raw, { cookieName, cookieCounts, queryToken: null });
    if (presented === null) {
      if ("public" in policy.access) return nobodyNeeded;
      const fromElsewhere = !cookieCounts && cookieValues(request.headers.cookie, cookieName).length > 0;
      if (fromElsewhere) return new StoaError("csrf");
    }
    const identity = await identify(presented, policy.dialect, authenticator);
    if (identity.principal === null) return identity.refusal;
    if (presented?.by === "cookie" && !isSafeMethod(request.method) && !isProven(request, identity.principal, own)) {
      return new StoaError("csrf");
    }
    request.principal = identity.principal;
    const { locale } = identity.principal;
    if (locale && preferredLocale(request.headers["accept-language"]) === null) request.locale = locale;
    return nobodyNeeded;
  };

  /** A write by cookie: made by our own page, which alone can read the token. */
  function isProven({ headers }: FastifyRequest, principal: Principal, own: readonly string[]): boolean {
    const token = headers["x-csrf-token"];
    const given = typeof token === "string" ? token : undefined;
    return isFromOurPages(headers, own, "proof") && csrf.matches(given, principal.credential.id);
  }
}
