import type { FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../../config/schema.ts";
import { cookieValues, sessionCookieName } from "../../platform/http/session-cookie.ts";
import { appendCookie } from "../session-cookie.ts";

type Named = Pick<Config, "publicUrl">;

/** Hours beyond the acting's own end: the way back stays open to who comes back late from a break. */
export const LATE_HOURS = 12;

/** What a browser keeps of the administrator's own sign-in, and for which acting. */
export interface KeptSignIn {
  /** The web session that acts, or did. */
  readonly actingId: string;
  /** The own sign-in's. */
  readonly secret: string;
}

/**
 * The administrator's own sign-in, kept by their browser while another has its place. It opens nothing by itself: only
 * stopping that very acting takes it, and only from our own pages. Whoever signs in or out here ends what it stands for.
 */
export function setReturnCookie(reply: FastifyReply, config: Named, kept: KeptSignIn, endsAt: Date): void {
  const seconds = Math.ceil((endsAt.getTime() - Date.now()) / 1_000) + LATE_HOURS * 3_600;
  appendCookie(reply, returnCookieName(config), `${kept.actingId}.${kept.secret}`, seconds);
}

export function clearReturnCookie(reply: FastifyReply, config: Named): void {
  appendCookie(reply, returnCookieName(config), "", 0);
}

/** Whoever signs in or out leaves none behind, whatever it says. */
export function dropReturnCookie(request: Pick<FastifyRequest, "headers">, reply: FastifyReply, config: Named): void {
  const kept = cookieValues(request.headers.cookie, returnCookieName(config));
  if (kept.length > 0) clearReturnCookie(reply, config);
}

/** Null when there is none, or more than one: a sibling's forgery. */
export function keptSignInOf(request: Pick<FastifyRequest, "headers">, config: Named): KeptSignIn | null {
  const [actingId, secret] = only(cookieValues(request.headers.cookie, returnCookieName(config)))?.split(".") ?? [];
  return actingId === undefined || secret === undefined ? null : { actingId, secret };
}

/** The secret of the web session that asks: known to have been good a moment ago. */
export function ownSecretOf(request: Pick<FastifyRequest, "headers">, config: Named): string | null {
  return only(sessionSecretsOf(request, config));
}

/** Every web session's that the browser names: more than one is a sibling's forgery. */
export function sessionSecretsOf(request: Pick<FastifyRequest, "headers">, config: Named): string[] {
  return cookieValues(request.headers.cookie, sessionCookieName(config));
}

function only([value, ...others]: string[]): string | null {
  return value === undefined || others.length > 0 ? null : value;
}

function returnCookieName(config: Named): string {
  return sessionCookieName(config).replace("stoa_session", "stoa_return");
}
