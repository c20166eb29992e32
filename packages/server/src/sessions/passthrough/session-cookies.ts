/** Cookies of ours that no session may see, and none may set. */
const OWN_COOKIE = /^(?:__Host-|__Secure-)?stoa_/i;

/** The Cookie header without what is ours; empty when nothing is left. */
export function withoutOwnCookies(header: string): string {
  if (!header.includes("stoa_")) return header;
  return header
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !OWN_COOKIE.test(part))
    .join("; ");
}

/**
 * A program's cookie, kept on the host that it was set by: no Domain, which would carry it to the portal and to other
 * sessions, and no name of ours.
 * @param prefix where the session lies on its host; "" at an origin of its own
 * @returns null when it may not be set at all
 */
export function keptCookie(header: string, prefix: string): string | null {
  // A browser sends a cookie without a name as its bare value: `=stoa_access=x` comes back as one of ours.
  if (OWN_COOKIE.test(header.replace(/^[\s=]+/, ""))) return null;
  if (prefix === "" && !/domain/i.test(header)) return header;
  const [pair = "", ...attributes] = header.split(";");
  const kept = attributes.filter((part) => !/^\s*domain\s*(=|$)/i.test(part));
  if (prefix === "") return [pair, ...kept].join(";");
  const path = kept.findLast((part) => /^\s*path\s*=/i.test(part));
  const own = path?.slice(path.indexOf("=") + 1).trim() ?? "";
  const below = own.startsWith("/") ? own : "/";
  const others = kept.filter((part) => !/^\s*path\s*(=|$)/i.test(part));
  return [pair, ...others, ` Path=${prefix}${below}`].join(";");
}
