import type { IncomingMessage } from "node:http";
import { type Refusal, refusals } from "./refusals.ts";

/** Codings that say nothing but how long the body is. */
const PLAIN_CODING = /^\s*chunked\s*$/i;

/**
 * What is refused whoever asks and whatever the session says, before anything is looked up. Null: it may go on.
 * Node's parser has refused by now what has no single meaning: two lengths, a length beside chunks, folded lines.
 */
export function refusedByForm(req: IncomingMessage, upgrade: boolean): Refusal | null {
  // TRACE would give a page its own HttpOnly cookies and what proxies add; CONNECT would make us a relay.
  if (req.method === "TRACE" || req.method === "CONNECT") return refusals.method;
  const path = pathOfTarget(req.url ?? "/", req.headers.host);
  if (path === null || (path === "*" && req.method !== "OPTIONS")) return refusals.target;
  const coding = req.headers["transfer-encoding"];
  if (coding !== undefined) {
    // RFC 9112, 6.1: in HTTP/1.0 nobody knows where such a body ends.
    if (req.httpVersion === "1.0") return refusals.framing;
    if (!PLAIN_CODING.test(coding)) return refusals.coding;
  }
  if (upgrade && (req.method !== "GET" || coding !== undefined || (req.headers["content-length"] ?? "0") !== "0")) {
    return refusals.handshake;
  }
  return null;
}

/**
 * A request target in absolute form (RFC 9112, 3.2.2), as its path; null when its host is not the one of Host, or it is
 * no address of ours in any form.
 */
export function pathOfTarget(url: string, host: string | undefined): string | null {
  if (url.startsWith("/") || url === "*") return url;
  const parts = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url);
  if (parts === null) return null;
  if (parts[1]?.toLowerCase() !== host?.toLowerCase()) return null;
  const path = parts[2] ?? "";
  return path.startsWith("/") ? path : `/${path}`;
}

/** By its framing, whether or not it has come yet. */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers["transfer-encoding"] !== undefined || (req.headers["content-length"] ?? "0") !== "0";
}
