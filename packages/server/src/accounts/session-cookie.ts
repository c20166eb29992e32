import type { FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config/schema.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Addresses } from "../platform/http/addresses.ts";
import { isFromOurPages } from "../platform/http/request-origin.ts";
import { cookieValues, sessionCookieName } from "../platform/http/session-cookie.ts";
import { PENDING_SECONDS } from "./second-factor/pending-sign-ins.ts";
import { ABSOLUTE_DAYS } from "./web-sessions/web-sessions.ts";

/** The browser keeps the cookie longer than it opens anything: so that it is told that it ran out. */
const KEPT_DAYS = ABSOLUTE_DAYS + 60;
const ATTRIBUTES = "Path=/; HttpOnly; SameSite=Lax";

type Named = Pick<Config, "publicUrl">;

export function setSessionCookie(reply: FastifyReply, config: Named, secret: string): void {
  appendCookie(reply, sessionCookieName(config), secret, KEPT_DAYS * 86_400);
}

export function clearSessionCookie(reply: FastifyReply, config: Named): void {
  appendCookie(reply, sessionCookieName(config), "", 0);
}

/** Between the two steps of a sign-in: it opens nothing, it only says which browser typed the password. */
export function setPendingCookie(reply: FastifyReply, config: Named, secret: string): void {
  appendCookie(reply, pendingCookieName(config), secret, PENDING_SECONDS);
}

export function clearPendingCookie(reply: FastifyReply, config: Named): void {
  appendCookie(reply, pendingCookieName(config), "", 0);
}

/** Null when there is none, or more than one: a sibling's forgery. */
export function pendingSecretOf(request: FastifyRequest, config: Named): string | null {
  const [secret, ...others] = cookieValues(request.headers.cookie, pendingCookieName(config));
  return secret === undefined || others.length > 0 ? null : secret;
}

function pendingCookieName(config: Named): string {
  return sessionCookieName(config).replace("stoa_session", "stoa_sign_in");
}

export function appendCookie(reply: FastifyReply, name: string, value: string, maxAge: number): void {
  // A cookie named __Host- must be Secure; without TLS a Secure one would never come back.
  const secure = name.startsWith("__Host-") ? "; Secure" : "";
  reply.header("set-cookie", `${name}=${value}; ${ATTRIBUTES}; Max-Age=${maxAge}${secure}`);
}

/**
 * For public calls that set the cookie or use up a link: another site's page must not make a browser sign in
 * as somebody else. Programs send neither Origin nor Sec-Fetch-Site.
 * @throws StoaError csrf
 */
export function refuseOtherPages(request: FastifyRequest, addresses: Addresses): void {
  const own = () => [addresses.portalOrigin(), `${request.protocol}://${request.host}`];
  if (!isFromOurPages(request.headers, own, "no-contradiction")) throw new StoaError("csrf");
}

/** What the browser calls itself, cut to what a page shows. */
export function agentOf(request: Pick<FastifyRequest, "headers">): string {
  return (request.headers["user-agent"] ?? "").replaceAll("\0", "").slice(0, 300);
}
