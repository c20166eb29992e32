/** Where a session is to its readers: what leads to the session's own address has to lead here. */
export interface ShownAt {
  /** As in `http://s-12.localhost:8080`. */
  readonly origin: string;
  /** Before each path, on the portal's origin: `/passthrough/any/12`. Empty at an origin of the session's own. */
  readonly prefix: string;
  /** Addresses of the portal lead to the portal. */
  readonly portalOrigin: string;
}

/** What a program takes for its own address when it believes nobody about it. */
const INNER_HOST = /^(?:localhost|session|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])(?::\d{1,5})?$/i;
const ABSOLUTE = /^(?:https?:)?\/\/([^/?#\\]*)(.*)$/is;

/**
 * An address in an answer's headers. The program's own, in whatever form it knows it, becomes the session's address;
 * one that leads elsewhere stays as it is: the browser may follow it as any link, this server never does.
 */
export function keptInside(address: string, shown: ShownAt): string {
  const parts = ABSOLUTE.exec(address);
  if (parts === null) return address.startsWith("/") ? below(address, shown.prefix) : address;
  const authority = (parts[1] ?? "").toLowerCase();
  if (address.toLowerCase().startsWith(shown.portalOrigin) && shown.prefix === "") {
    const [next = "/"] = address.slice(shown.portalOrigin.length);
    if (next === "/" || next === "?" || next === "#") return address;
  }
  const own = shown.origin.slice(shown.origin.indexOf("//") + 2);
  const name = own.replace(/:\d+$/, "");
  if (authority !== own && authority !== name && !INNER_HOST.test(authority)) return address;
  const rest = parts[2] ?? "";
  return shown.origin + below(rest.startsWith("/") ? rest : `/${rest}`, shown.prefix);
}

/** The same for `5; url=/here`. */
export function refreshInside(value: string, shown: ShownAt): string {
  const parts = /^(\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?)([^"']*)(["']?\s*)$/i.exec(value);
  return parts === null ? value : `${parts[1]}${keptInside(parts[2] ?? "", shown)}${parts[3]}`;
}

function below(path: string, prefix: string): string {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`) ? path : prefix + path;
}
