import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { preferredLocale } from "../../platform/http/messages.ts";
import { CONTENT_SECURITY_POLICY, refusalPage } from "./refusal-page.ts";
import type { Refusal } from "./refusals.ts";

export interface Audience {
  readonly portalOrigin: string;
  readonly defaultLocale: "en" | "fa";
}

/** Answers a page to a browser, in its language; contract 3's envelope to a program. */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal, audience: Audience): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const html = req.headers.accept?.includes("text/html") === true;
  const locale = preferredLocale(req.headers["accept-language"]) ?? audience.defaultLocale;
  const body = html ? refusalPage(refusal, locale, audience.portalOrigin) : envelope(refusal);
  res.writeHead(refusal.status, {
    "Content-Type": html ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    Vary: "Accept, Accept-Language",
    ...(refusal.status === 405 ? { Allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" } : {}),
    ...(refusal.status === 503 ? { "Retry-After": String(refusal.againAfterSeconds ?? 5) } : {}),
    // The request's body is not read: the connection can't be used for another one.
    ...(req.complete ? {} : { Connection: "close" }),
  });
  res.end(req.method === "HEAD" ? undefined : body);
}

/** The same for an upgrade, before any handshake. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = envelope(refusal);
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function envelope({ title, remedy }: Refusal): string {
  return JSON.stringify({ success: false, message: `${title} ${remedy}` });
}
