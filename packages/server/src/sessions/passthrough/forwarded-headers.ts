/** Cookies of ours that no session may see, and none may set. */
const OWN_COOKIE = /^(?:__Host-|__Secure-)?stoa_/;

/** RFC 9110, 7.6.1: they speak of one connection, not of the message. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Credentials of ours that came in headers, and what only we may say about the client. */
const NEVER_FORWARDED = new Set([
  "uws-authorization",
  "x-api-key",
  "x-csrf-token",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-real-ip",
  "expect",
]);

export interface ForwardOptions {
  /** The client's address as we know it. */
  readonly address: string;
  readonly scheme: "http" | "https";
  /** True when the Authorization header was the credential that opened our door: it stays with us. */
  readonly dropAuthorization: boolean;
  /** True for an upgrade: Connection and Upgrade go on. */
  readonly upgrade: boolean;
}

/**
 * Request headers for the session's program.
 * @param raw node's rawHeaders: name, value, name, value …
 * @returns the same form.
 */
export function requestHeaders(raw: readonly string[], options: ForwardOptions): string[] {
  const named = connectionNamed(raw);
  const out: string[] = [];
  let host = "";
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const lower = name.toLowerCase();
    if (lower === "host") host = value;
    if (HOP_BY_HOP.has(lower) || NEVER_FORWARDED.has(lower) || named?.has(lower) === true) continue;
    if (lower === "authorization" && options.dropAuthorization) continue;
    if (lower === "cookie") {
      const kept = withoutOwnCookies(value);
      if (kept !== "") out.push(name, kept);
      continue;
    }
    out.push(name, value);
  }
  out.push("X-Forwarded-For", options.address, "X-Forwarded-Proto", options.scheme, "X-Forwarded-Host", host);
  if (options.upgrade) out.push("Connection", "Upgrade", "Upgrade", "websocket");
  return out;
}

/**
 * Response headers for the browser: no hop-by-hop ones, no service worker above its own path, no cookie for a
 * wider domain than the session's own, none with a name of ours.
 * @param raw as undici and node give them: name, value, … as strings or buffers.
 */
export function responseHeaders(raw: readonly (string | Buffer)[]): string[] {
  const texts = raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
  const named = connectionNamed(texts);
  const out: string[] = [];
  for (let i = 0; i < texts.length; i += 2) {
    const name = texts[i] as string;
    const value = texts[i + 1] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || lower === "service-worker-allowed" || named?.has(lower) === true) continue;
    if (lower === "set-cookie") {
      const kept = hostOnlyCookie(value);
      if (kept !== null) out.push(name, kept);
      continue;
    }
    out.push(name, value);
  }
  return out;
}

/** What Connection names besides, lower case; null when nothing. */
function connectionNamed(raw: readonly string[]): Set<string> | null {
  let named: Set<string> | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    const value = raw[i + 1] as string;
    if (value === "keep-alive" || value === "close") continue;
    named ??= new Set();
    for (const part of value.split(",")) named.add(part.trim().toLowerCase());
  }
  return named;
}

function withoutOwnCookies(header: string): string {
  if (!header.includes("stoa_")) return header;
  return header
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !OWN_COOKIE.test(part))
    .join("; ");
}

function hostOnlyCookie(header: string): string | null {
  if (OWN_COOKIE.test(header.trim())) return null;
  return header
    .split(";")
    .filter((part) => !/^\s*domain\s*(=|$)/i.test(part))
    .join(";");
}
