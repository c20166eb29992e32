import type { FastifyRequest, onRequestHookHandler } from "fastify";
import { StoaError } from "../errors/stoa-error.ts";
import type { Principal } from "../principal.ts";
import type { SecretBox } from "../secrets/contract.ts";
import { type Identity, identify } from "./authentication.ts";
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

/**
 * Who is it, not too often, and may they: before any body is read. Without a turn of the loop where the one who asks
 * is remembered.
 */
export function createGuard(options: GuardOptions): onRequestHookHandler {
  const { authenticator, limits, hold } = options;
  const recognise = createRecognition(options);

  return (request, _reply, done) => {
    // Made anew at each look.
    const { url, config } = request.routeOptions;
    const { policy } = config;
    if (url === undefined || policy === undefined) return done();
    let refusal: StoaError | Promise<StoaError>;
    try {
      refusal = recognise(request, policy, url);
      if (!(refusal instanceof Promise)) admit(request, policy, refusal);
    } catch (error) {
      return done(error as Error);
    }
    if (!(refusal instanceof Promise)) return done();
    refusal.then((why) => admit(request, policy, why)).then(() => done(), done);
  };

  /** @throws StoaError when they may not */
  function admit(request: FastifyRequest, policy: RoutePolicy, refusal: StoaError): void {
    limits.admit(request);
    authorise(policy, request.principal, refusal);
    hold?.({ policy, method: request.method, principal: request.principal });
    if (request.principal !== null) {
      authenticator.noteUse(request.principal, request.ip, request.headers["user-agent"] ?? "");
    }
  }
}

/** A request's own origins. */
type Own = () => readonly string[];

const nobodyNeeded = new StoaError("unauthenticated");

/** Sets `request.principal`. @returns why it is nobody, for a route that needs somebody */
function createRecognition(
  options: GuardOptions,
): (request: FastifyRequest, policy: RoutePolicy, route: string) => StoaError | Promise<StoaError> {
  const { authenticator, cookieName } = options;
  const csrf = createCsrfTokens(options.secrets);

  return (request, policy, route) => {
    const own = () => [options.portalOrigin(), `${request.protocol}://${request.host}`];
    const cookieCounts = isFromOurPages(request.headers, own, "no-contradiction");
    const presented = presentedCredential(request.raw, { cookieName, cookieCounts, queryToken: null });
    if (presented === null) {
      if ("public" in policy.access) return nobodyNeeded;
      const fromElsewhere = !cookieCounts && cookieValues(request.headers.cookie, cookieName).length > 0;
      if (fromElsewhere) return new StoaError("csrf");
    }
    const brought = { address: request.ip, method: request.method, route };
    const identity = identify(presented, policy.dialect, authenticator, brought);
    const isCookie = presented?.by === "cookie";
    if (!(identity instanceof Promise)) return taken(request, identity, isCookie, own);
    return identity.then((found) => taken(request, found, isCookie, own));
  };

  function taken(request: FastifyRequest, identity: Identity, isCookie: boolean, own: Own): StoaError {
    if (identity.principal === null) return identity.refusal;
    if (isCookie && !isSafeMethod(request.method) && !isProven(request, identity.principal, own)) {
      return new StoaError("csrf");
    }
    request.principal = identity.principal;
    const { locale } = identity.principal;
    if (locale && preferredLocale(request.headers["accept-language"]) === null) request.locale = locale;
    return nobodyNeeded;
  }

  /** A write by cookie: made by our own page, which alone can read the token. */
  function isProven({ headers }: FastifyRequest, principal: Principal, own: Own): boolean {
    const token = headers["x-csrf-token"];
    const given = typeof token === "string" ? token : undefined;
    return isFromOurPages(headers, own, "proof") && csrf.matches(given, principal.credential.id);
  }
}
