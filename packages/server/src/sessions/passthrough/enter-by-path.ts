import type { IncomingMessage } from "node:http";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Authenticator } from "../../platform/http/authenticator.ts";
import { type Presented, presentedCredential } from "../../platform/http/credentials.ts";
import { createLocalBuckets } from "../../platform/http/limit-bucket.ts";
import { cookieValues, sessionCookieName } from "../../platform/http/session-cookie.ts";
import { clientAddress, createProxyTrust } from "../../platform/http/trusted-proxies.ts";
import type { Platform } from "../../platform/platform.ts";
import { holds, isHeldBack, type Principal } from "../../platform/principal.ts";
import type { SessionTargets } from "./contract.ts";
import { type Entrance, type Place, pass } from "./entrance.ts";
import type { Holder } from "./open-exchanges.ts";
import { refusals } from "./refusals.ts";
import type { Tickets } from "./tickets.ts";

interface PathDoorOptions {
  readonly platform: Platform;
  readonly targets: SessionTargets;
  readonly tickets: Tickets;
  readonly authenticator: Authenticator;
}

/** Refused attempts a minute from one address. What is let through is a session's own traffic, and not counted. */
const REFUSALS_A_MINUTE = 120;

/** A program with a header token below `/passthrough/` on the portal's origin. The cookie opens nothing here. */
export function createPathDoor({ platform, targets, tickets, authenticator }: PathDoorOptions) {
  const { config } = platform;
  const cookieName = sessionCookieName(config);
  const isProxy = createProxyTrust(config.trustedProxies);
  const attempts = createLocalBuckets();
  const limit = { burst: REFUSALS_A_MINUTE, seconds: 60 };

  /** The principal of a header token, or why there is none. */
  async function identify(presented: Presented): Promise<Principal | Entrance> {
    const [scheme, token, ...rest] = presented.value.split(/ +/);
    const lower = scheme?.toLowerCase();
    let principal: Principal | null = null;
    if (token !== undefined && rest.length === 0) {
      if (presented.by === "UWS-Authorization" && lower === "token") principal = await authenticator.uwsToken(token);
      if (presented.by === "Authorization" && lower === "bearer") principal = await authenticator.bearer(token);
    }
    if (principal === null || principal.accountId === null || isHeldBack(principal)) {
      return { refusal: refusals.badToken };
    }
    return holds(principal, "sessions:write") ? principal : { refusal: refusals.lacksScope };
  }

  async function enterWithToken(req: IncomingMessage, place: Place, presented: Presented): Promise<Entrance> {
    const principal = await identify(presented);
    if (!("credential" in principal)) return principal;
    const { credential, accountId } = principal;
    if (accountId === null) return { refusal: refusals.badToken };
    authenticator.noteUse(principal, clientAddress(req, isProxy), req.headers["user-agent"] ?? "");
    const holder: Holder = { accountId, credentialId: credential.id, expiresAt: credential.expiresAt };
    const target = await targets.find(place.jobId);
    return pass(target, holder, place, config.nodeId, presented.by === "Authorization");
  }

  /** A person who opens an old `/passthrough/` address goes on to the session's origin with a ticket. */
  async function sendToOrigin(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance> {
    const navigation = !upgrade && req.method === "GET" && req.headers["sec-fetch-mode"] === "navigate";
    const [cookie, ...others] = cookieValues(req.headers.cookie, cookieName);
    if (!navigation || cookie === undefined || others.length > 0) return { refusal: refusals.signIn };
    const principal = await authenticator.cookie(cookie);
    if (principal === null || isHeldBack(principal)) return { refusal: refusals.signIn };
    const target = await targets.find(place.jobId);
    if (target === null || target.ownerId !== principal.accountId) return { refusal: refusals.noSession };
    const link = await tickets.link(place.jobId, principal, place.path);
    return link === null ? { refusal: refusals.signIn } : { redirect: link.domain + link.path, setCookie: null };
  }

  async function look(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance> {
    try {
      const presented = presentedCredential(req, { cookieName, cookieCounts: false, queryToken: null });
      if (presented === null) return await sendToOrigin(req, place, upgrade);
      return await enterWithToken(req, place, presented);
    } catch (error) {
      if (error instanceof StoaError && error.code === "two_credentials") return { refusal: refusals.twoCredentials };
      throw error;
    }
  }

  return {
    async enter(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance> {
      const entrance = await look(req, place, upgrade);
      if (!("refusal" in entrance) || config.limits.requestsPerMinute === 0) return entrance;
      const wait = attempts.takeNow(clientAddress(req, isProxy), limit);
      return wait === 0 ? entrance : { refusal: refusals.tooMany };
    },
  };
}
