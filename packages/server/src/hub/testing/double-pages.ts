import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HubDouble } from "./hub-double.ts";

/** What browsers see of the double: the hub's own sign-in and sign-out, and people's servers behind its proxy. */
export interface DoublePages {
  /** Where browsers reach it; another host than the API's, so that cookies are its own. */
  readonly origin: string;
  /** Who came to whose server, in order, and what let them in or kept them out: the ledger. */
  readonly visits: {
    readonly user: string;
    readonly server: string;
    readonly how: "token" | "cookie" | "sign-in" | "another";
  }[];
  /** As a browser that blocks them: no cookie is kept. */
  cookiesBlocked: boolean;
  /** Instead of the double's: it stands behind the look at tokens. */
  intercept: HubDouble["intercept"];
  close(): Promise<void>;
}

const COOKIE = "hub-double";

/**
 * Lets browsers come to the double's servers as they come to a real one's: a token in the address becomes a cookie and
 * goes out of the address, somebody else's cookie is refused, and who has neither is led to the hub's own sign-in.
 */
export async function withPages(hub: HubDouble): Promise<DoublePages> {
  const secrets = new Map<string, string>();
  const server = createServer((request, response) => showPage(pages, secrets, hub, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pages: DoublePages = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    visits: [],
    cookiesBlocked: false,
    intercept: () => false,
    close: () => closed(server),
  };
  hub.intercept = (request, response) => {
    noteSecret(secrets, request, response);
    return pages.intercept(request, response);
  };
  return pages;
}

/** Whose a token is, the double itself does not keep. */
function noteSecret(secrets: Map<string, string>, request: IncomingMessage, response: ServerResponse): void {
  const [, user] = /\/users\/([^/]+)\/tokens$/.exec(request.url ?? "") ?? [];
  if (request.method !== "POST" || user === undefined) return;
  const end = response.end.bind(response);
  response.end = ((text?: string) => {
    const token: unknown = text === undefined || text === "" ? null : JSON.parse(text).token;
    if (typeof token === "string") secrets.set(token, decodeURIComponent(user));
    return end(text);
  }) as typeof response.end;
}

interface Visit {
  readonly url: URL;
  readonly user: string;
  readonly server: string;
  /** Who the browser is for the hub; null: nobody. */
  readonly me: string | null;
}

function showPage(
  pages: DoublePages,
  secrets: ReadonlyMap<string, string>,
  hub: HubDouble,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? "/", pages.origin);
  const me = new RegExp(`${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? "")?.[1] ?? null;
  const [, user, server = ""] = /^\/user\/([^/]+)\/(?:([^/]+)\/)?lab$/.exec(decodeURI(url.pathname)) ?? [];
  const as = url.searchParams.get("as");
  if (user !== undefined) showServer(pages, secrets, hub, { url, user, server, me }, response);
  else if (url.pathname === "/hub/login") say(response, 200, "The hub's own sign-in");
  else if (url.pathname === "/hub/logout") say(response, 200, "Signed out of the hub", `${COOKIE}=; Max-Age=0; Path=/`);
  // As somebody who has signed in at the hub before.
  else if (url.pathname === "/hub/begin") say(response, 200, "Begun", `${COOKIE}=${as}; Path=/`);
  else say(response, 404, "Not found");
}

function showServer(
  { visits, cookiesBlocked }: DoublePages,
  secrets: ReadonlyMap<string, string>,
  hub: HubDouble,
  { url, user, server, me }: Visit,
  response: ServerResponse,
): void {
  const isToken = secrets.get(url.searchParams.get("token") ?? "") === user;
  visits.push({ user, server, how: isToken ? "token" : me === null ? "sign-in" : me === user ? "cookie" : "another" });
  if (isToken) {
    const kept = cookiesBlocked ? {} : { "set-cookie": `${COOKIE}=${user}; Path=/` };
    response.writeHead(302, { location: url.pathname, ...kept }).end();
  } else if (me === null) response.writeHead(302, { location: "/hub/login" }).end();
  else if (me !== user) say(response, 403, `This is the server of ${user}, and you are ${me}`);
  else if (hub.users.get(user)?.servers.get(server)?.state !== "ready") say(response, 424, "It is not running");
  else say(response, 200, `Lab of ${user}${server === "" ? "" : `, ${server}`}`);
}

function say(response: ServerResponse, status: number, words: string, setCookie?: string): void {
  const headers = setCookie === undefined ? {} : { "set-cookie": setCookie };
  const body = `<!doctype html><html lang="en"><title>${words}</title><h1>${words}</h1></html>`;
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...headers }).end(body);
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
