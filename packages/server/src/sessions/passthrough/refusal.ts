import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { preferredLocale } from "../../platform/http/messages.ts";
import { sayLast } from "../../platform/http/sockets/last-words.ts";
import { CONTENT_SECURITY_POLICY, refusalPage } from "./refusal-page.ts";
import type { Refusal } from "./refusals.ts";

export interface Audience {
  readonly portalOrigin: string;
  readonly defaultLocale: "en" | "fa";
}

/** What decides about an answer's form, as far as it is known. */
export interface Wishes {
  readonly accept?: string | undefined;
  readonly "accept-language"?: string | undefined;
}

/** Answers a page to a browser, in its language; contract 3's envelope to a program. */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal, audience: Audience): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { body, headers } = render(refusal, req.headers, audience);
  res.writeHead(refusal.status, {
    ...headers,
    // The request's body is not read: the connection can't be used for another one.
    ...(req.complete ? {} : { Connection: "close" }),
  });
  res.end(req.method === "HEAD" ? undefined : body);
}

/** The same for an upgrade, before any handshake: no browser shows what stands there. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  sayLast(socket, bareAnswer(refusal, {}, { portalOrigin: "", defaultLocale: "en" }));
}

/** The whole answer, for a connection that ends with it. */
export function bareAnswer(refusal: Refusal, wishes: Wishes, audience: Audience): string {
  const { body, headers } = render(refusal, wishes, audience);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}\r\n${lines.join("")}Connection: close\r\n\r\n${body}`;
}

function render(refusal: Refusal, wishes: Wishes, audience: Audience) {
  const html = wishes.accept?.includes("text/html") === true;
  const locale = preferredLocale(wishes["accept-language"]) ?? audience.defaultLocale;
  const body = html ? refusalPage(refusal, locale, audience.portalOrigin) : envelope(refusal);
  const headers = {
    "Content-Type": html ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    Vary: "Accept, Accept-Language",
    ...(refusal.status === 405 ? { Allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" } : {}),
    ...(refusal.status === 503 ? { "Retry-After": String(refusal.againAfterSeconds ?? 5) } : {}),
  };
  return { body, headers };
}

function envelope({ title, remedy }: Refusal): string {
  return JSON.stringify({ success: false, message: `${title} ${remedy}` });
}
