import { keptInside, refreshInside, type ShownAt } from "./own-addresses.ts";
import { keptCookie, withoutOwnCookies } from "./session-cookies.ts";

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
  "x-forwarded-scheme",
  "x-forwarded-ssl",
  "x-real-ip",
  // Who somebody is, in the words of proxies that programs are told to believe. Ours says none of it: a session acts
  // as its owner, whoever is let in.
  "x-forwarded-user",
  "x-forwarded-email",
  "x-forwarded-groups",
  "x-forwarded-preferred-username",
  "x-remote-user",
  "remote-user",
  "x-webauth-user",
  "expect",
]);

/**
 * What a session may not say to a browser, for it would reach beyond the session: a service worker above its own path;
 * the deletion of the portal's cookies, which are of the same site; other ports of this host in its place.
 */
const NEVER_ANSWERED = new Set(["service-worker-allowed", "clear-site-data", "alt-svc"]);

export interface ForwardOptions {
  /** The client's address as we know it. */
  readonly address: string;
  readonly scheme: "http" | "https";
  /** The host that the client asked for, as we know it. */
  readonly host: string;
  /** Before each path, on the portal's origin; empty at the session's own. */
  readonly prefix: string;
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
  // First and by our own reckoning: a program that checks the origin compares with it.
  const out: string[] = ["Host", options.host];
  let via = "1.1 stoa";
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const lower = name.toLowerCase();
    if (lower === "host" || named?.has(lower) === true || isKeptBack(lower)) continue;
    if (lower === "authorization" && options.dropAuthorization) continue;
    if (lower === "cookie") {
      const kept = withoutOwnCookies(value);
      if (kept !== "") out.push(name, kept);
    } else if (lower === "via") via = `${value}, ${via}`;
    else if (lower === "max-forwards" && /^[1-9]\d{0,5}$/.test(value)) out.push(name, String(Number(value) - 1));
    else out.push(name, value);
  }
  out.push("Via", via, "X-Forwarded-For", options.address, "X-Forwarded-Proto", options.scheme);
  out.push("X-Forwarded-Host", options.host, "Forwarded", forwarded(options));
  if (options.prefix !== "") out.push("X-Forwarded-Prefix", options.prefix);
  if (options.upgrade) out.push("Connection", "Upgrade", "Upgrade", "websocket");
  return out;
}

/** A program behind CGI or WSGI can't tell `X_Forwarded_For` from `X-Forwarded-For`. */
function isKeptBack(lower: string): boolean {
  const name = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  return HOP_BY_HOP.has(name) || NEVER_FORWARDED.has(name);
}

/** RFC 7239: an IPv6 address in brackets, and whatever has a colon in quotes. */
function forwarded({ address, scheme, host }: ForwardOptions): string {
  const of = address.includes(":") ? `"[${address}]"` : address;
  return `for=${of};proto=${scheme};host=${/^[\w.-]+$/.test(host) ? host : `"${host.replace(/["\\]/g, "")}"`}`;
}

/**
 * Response headers for the browser: no hop-by-hop ones, nothing that reaches beyond the session, cookies and addresses
 * kept within it.
 * @param raw as undici and node give them: name, value, … as strings or buffers.
 */
export function responseHeaders(raw: readonly (string | Buffer)[], shown: ShownAt, status = 200): string[] {
  const texts = raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
  const named = connectionNamed(texts);
  const out: string[] = [];
  for (let i = 0; i < texts.length; i += 2) {
    const name = texts[i] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || NEVER_ANSWERED.has(lower) || named?.has(lower) === true) continue;
    // RFC 9110, 8.6: an answer that has no body by its status announces none.
    if (lower === "content-length" && (status === 204 || status < 200)) continue;
    const value = kept(lower, texts[i + 1] as string, shown);
    if (value !== null) out.push(name, value);
  }
  return out;
}

function kept(lower: string, value: string, shown: ShownAt): string | null {
  switch (lower) {
    case "set-cookie":
      return keptCookie(value, shown.prefix);
    case "location":
    case "content-location":
      return keptInside(value, shown);
    case "refresh":
      return refreshInside(value, shown);
    default:
      return value;
  }
}

/** Trailers, by the same rules: none of them may say what only headers say. */
export function trailerFields(raw: readonly (string | Buffer)[]): [string, string][] {
  const out: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = String(raw[i]);
    if (!NEVER_IN_TRAILERS.has(name.toLowerCase())) out.push([name, String(raw[i + 1])]);
  }
  return out;
}

/** RFC 9110, 6.5.1: framing, routing, who somebody is and what an answer is can't be said after it. */
const NEVER_IN_TRAILERS = new Set([
  ...[...HOP_BY_HOP, ...NEVER_FORWARDED, ...NEVER_ANSWERED],
  ...["host", "content-length", "content-encoding", "content-type", "content-range", "trailer"],
  ...["authorization", "cookie", "set-cookie", "location", "cache-control", "max-forwards", "via"],
]);

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
  // Framing is not the client's to take away (a length that is dropped changes where the next request begins).
  named?.delete("content-length");
  return named;
}
