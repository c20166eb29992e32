import type { FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config/schema.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Addresses } from "../platform/http/addresses.ts";
import { isFromOurPages } from "../platform/http/request-origin.ts";
import { sessionCookieName } from "../platform/http/session-cookie.ts";
import { ABSOLUTE_DAYS } from "./web-sessions/web-sessions.ts";

const ATTRIBUTES = "Path=/; HttpOnly; SameSite=Lax";

export function setSessionCookie(reply: FastifyReply, config: Pick<Config, "publicUrl">, secret: string): void {
  append(reply, config, secret, ABSOLUTE_DAYS * 86_400);
}

export function clearSessionCookie(reply: FastifyReply, config: Pick<Config, "publicUrl">): void {
  append(reply, config, "", 0);
}

function append(reply: FastifyReply, config: Pick<Config, "publicUrl">, value: string, maxAge: number): void {
  const name = sessionCookieName(config);
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
  const own = [addresses.portalOrigin(), `${request.protocol}://${request.host}`];
  if (!isFromOurPages(request.headers, own, "no-contradiction")) throw new StoaError("csrf");
}
