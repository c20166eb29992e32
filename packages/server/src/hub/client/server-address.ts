import type { Platform } from "../../platform/platform.ts";
import { publicOrigin } from "./open-client.ts";

type Settings = Pick<Platform, "config">;

/**
 * Where browsers reach a server, or a page below it.
 * @param url as the hub tells it: a path, or with `subdomain_host` a whole address
 */
export function publicAddress(settings: Settings, url: string): string {
  const origin = publicOrigin(settings) ?? "";
  if (isPath(url)) return `${origin}${url}`;
  if (isOfHub(origin, url)) return withoutUser(url);
  // The hub leads on from there; a token of ours goes to no other host.
  return `${origin}${pathOfAddress(url)}`;
}

/**
 * The same as a path on the hub's public address, and never anything that leads a browser to another host: contract 2
 * has no addresses. With `subdomain_host` the hub leads on from there, and asks who comes to sign in at it.
 */
export function pathOfAddress(url: string): string {
  if (!URL.canParse(url, "http://hub")) return "/";
  const { pathname, search } = new URL(url, "http://hub");
  // Two slashes would begin a host; what is no address of a page has none.
  return `/${pathname.replace(/^[/\\]+/, "")}${search}`;
}

function withoutUser(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search}`;
}

/**
 * Where Stoa asks a server, whose own addresses begin with it; null: at no host that Stoa's token may go to.
 * @param url as above, with a slash at the end
 */
export function askingAddress(settings: Settings, url: string): string | null {
  const { apiUrl, proxyUrl } = settings.config.hub;
  if (isPath(url)) return `${proxyUrl ?? (apiUrl === null ? "" : new URL(apiUrl).origin)}${url}`;
  return isOfHub(publicOrigin(settings) ?? "", url) ? url : null;
}

function isPath(url: string): boolean {
  // Browsers leave out tabs and line breaks: after them a second slash would begin a host.
  return /^\/(?![/\\])/.test(url) && !/[\t\n\r]/.test(url);
}

/** Whether its host is the public one, or below it. */
function isOfHub(origin: string, url: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(origin)) return false;
  const [server, hub] = [new URL(url), new URL(origin)];
  if (server.protocol !== hub.protocol && server.protocol !== "https:") return false;
  return server.host === hub.host || server.host.endsWith(`.${hub.host}`);
}
