import type { FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../../config/schema.ts";
import { cookieValues, sessionCookieName } from "../../platform/http/session-cookie.ts";
import { appendCookie } from "../session-cookie.ts";

type Named = Pick<Config, "publicUrl">;

/** Seconds beyond the acting's own end: the way back stays open to who comes back late from a break. */
const LATE_SECONDS = 12 * 3_600;

/**
 * The administrator's own sign-in, kept by their browser while another has its place. It opens nothing by itself: only
 * stopping takes it, and only from our own pages.
 */
export function setReturnCookie(reply: FastifyReply, config: Named, secret: string, endsAt: Date): void {
  const seconds = Math.ceil((endsAt.getTime() - Date.now()) / 1_000) + LATE_SECONDS;
  appendCookie(reply, returnCookieName(config), secret, seconds);
}

export function clearReturnCookie(reply: FastifyReply, config: Named): void {
  appendCookie(reply, returnCookieName(config), "", 0);
}

/** Null when there is none, or more than one: a sibling's forgery. */
export function returnSecretOf(request: Pick<FastifyRequest, "headers">, config: Named): string | null {
  return only(cookieValues(request.headers.cookie, returnCookieName(config)));
}

/** The secret of the web session that asks: known to have been good a moment ago. */
export function ownSecretOf(request: Pick<FastifyRequest, "headers">, config: Named): string | null {
  return only(cookieValues(request.headers.cookie, sessionCookieName(config)));
}

function only([value, ...others]: string[]): string | null {
  return value === undefined || others.length > 0 ? null : value;
}

function returnCookieName(config: Named): string {
  return sessionCookieName(config).replace("stoa_session", "stoa_return");
}
