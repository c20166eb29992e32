import type { IncomingMessage } from "node:http";
import type { Authenticator } from "../../platform/http/authenticator.ts";
import { createHostCheck } from "../../platform/http/host-check.ts";
import { createProxyTrust } from "../../platform/http/trusted-proxies.ts";
import type { Platform } from "../../platform/platform.ts";
import { holds, type Principal } from "../../platform/principal.ts";
import type { AccessGrants } from "./access.ts";
import type { SessionTarget, SessionTargets } from "./contract.ts";
import type { Holder } from "./open-exchanges.ts";
import { cookieCounts } from "./origin-checks.ts";
import type { Refusal } from "./refusal.ts";
import { OPEN_PATH, type Tickets } from "./tickets.ts";
import type { Connect } from "./upstreams.ts";

/** Which session an address means, and by which way it came. */
export interface Place {
  readonly way: "origin" | "path";
  readonly jobId: number;
  /** Path and query for the program. */
  readonly path: string;
}

/** The way is free. */
export interface Passage {
  readonly target: SessionTarget;
  readonly connect: Connect;
  readonly path: string;
  readonly holder: Holder;
  readonly usedAuthorization: boolean;
}

export type Entrance =
  | { readonly passage: Passage }
  | { readonly refusal: Refusal }
  | { readonly redirect: string; readonly setCookie: string | null };

export interface Door {
  /** Null: not a session's address. */
  place(req: IncomingMessage): Place | null;
  enter(req: IncomingMessage, place: Place, upgrade: boolean): Entrance | Promise<Entrance>;
}

interface DoorOptions {
  readonly platform: Platform;
  readonly targets: SessionTargets;
  readonly tickets: Tickets;
  readonly authenticator: Authenticator;
  readonly grants: AccessGrants;
}

/** `/passthrough/<hostname>/<job id>/<rest>`; the host name is the old clients' and means nothing here. */
const PASSTHROUGH = /^\/passthrough\/[^/?]*\/([1-9]\d{0,14})(?:(\/[^?]*))?(\?.*)?$/;

const refusals = {
  signIn: {
    status: 401,
    title: "This session is not open to this browser.",
    remedy: "Open it from the portal: the link there works for you alone.",
  },
  badToken: { status: 401, title: "Invalid token provided.", remedy: "Get a new one and try again." },
  twoCredentials: { status: 400, title: "Two credentials came in one request.", remedy: "Send one." },
  ticketOver: {
    status: 410,
    title: "This link is over.",
    remedy: "It works once, for two minutes. Open the session from the portal again.",
  },
  noSession: { status: 404, title: "There is no such session.", remedy: "Look at your sessions in the portal." },
  otherOrigin: {
    status: 403,
    title: "Another page tried to act in this session.",
    remedy: "Open the session from the portal.",
  },
} as const satisfies Record<string, Refusal>;

export function createDoor({ platform, targets, tickets, authenticator, grants }: DoorOptions): Door {
  const { addresses, config } = platform;
  const isOurs = createHostCheck(config);
  const isProxy = createProxyTrust(config.trustedProxies);

  /** The name that was asked for: a trusted proxy may have put its own into Host. */
  function askedHost({ headers, socket }: IncomingMessage): string | undefined {
    const forwarded = isProxy(socket.remoteAddress ?? "") ? headers["x-forwarded-host"] : undefined;
    return forwarded === undefined ? headers.host : [forwarded].flat().at(-1)?.split(",").at(-1)?.trim();
  }

  function pass(target: SessionTarget | null, holder: Holder, place: Place, usedAuthorization: boolean): Entrance {
    // Somebody else's session is not told from one that never was.
    if (target === null || target.ownerId !== holder.accountId) return { refusal: refusals.noSession };
    const closed = notOpen(target, platform.config.nodeId);
    if (closed !== null || target.connect === null) return { refusal: closed ?? refusals.noSession };
    return { passage: { target, connect: target.connect, path: place.path, holder, usedAuthorization } };
  }

  async function redeem(req: IncomingMessage, place: Place): Promise<Entrance> {
    const query = new URL(req.url ?? "/", "http://session").searchParams;
    const to = localPath(query.get("to"));
    const ticket = tickets.read(place.jobId, query.get("ticket") ?? "");
    const setCookie = ticket === null ? null : await grants.redeem(ticket);
    if (setCookie !== null) return { redirect: to, setCookie };
    // Opened again from the history: whoever is in already goes on.
    const known = await grants.find(place.jobId, req.headers.cookie);
    return known === null ? { refusal: refusals.ticketOver } : { redirect: to, setCookie: null };
  }

  function enterByOrigin(req: IncomingMessage, place: Place, upgrade: boolean): Entrance | Promise<Entrance> {
    if (!upgrade && req.method === "GET" && place.path.startsWith(`${OPEN_PATH}?`)) return redeem(req, place);
    const access = grants.find(place.jobId, req.headers.cookie);
    if (access instanceof Promise) return access.then((found) => withAccess(found));
    return withAccess(access);

    function withAccess(found: Awaited<typeof access>): Entrance | Promise<Entrance> {
      if (found === null) return { refusal: refusals.signIn };
      if (!cookieCounts(req, addresses.sessionOrigin(place.jobId) ?? "", upgrade)) {
        return { refusal: refusals.otherOrigin };
      }
      const target = targets.find(place.jobId);
      if (target instanceof Promise) return target.then((known) => pass(known, found, place, false));
      return pass(target, found, place, false);
    }
  }

  async function enterByPath(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance> {
    const uws = req.headers["uws-authorization"];
    const authorization = req.headers.authorization;
    if (uws !== undefined && authorization !== undefined) return { refusal: refusals.twoCredentials };
    if (uws === undefined && authorization === undefined) return await sendToOrigin(req, place, upgrade);
    const principal =
      uws !== undefined
        ? await afterScheme(uws, "token", (token) => authenticator.uwsToken(token))
        : await afterScheme(authorization, "bearer", (token) => authenticator.bearer(token));
    if (principal === null || principal.accountId === null || principal.mustChangePassword) {
      return { refusal: refusals.badToken };
    }
    if (!holds(principal, "sessions:write")) {
      return {
        refusal: { status: 403, title: "This token lacks the scope sessions:write.", remedy: "Make one with it." },
      };
    }
    const holder: Holder = {
      accountId: principal.accountId,
      credentialId: principal.credential.id,
      expiresAt: principal.credential.expiresAt,
    };
    return pass(await targets.find(place.jobId), holder, place, uws === undefined);
  }

  /** A person who opens an old `/passthrough/` address goes on to the session's origin with a ticket. */
  async function sendToOrigin(req: IncomingMessage, place: Place, upgrade: boolean): Promise<Entrance> {
    const navigation = !upgrade && req.method === "GET" && req.headers["sec-fetch-mode"] === "navigate";
    const cookie = /(?:^|;\s*)(?:__Host-)?stoa_session=([^;]+)/.exec(req.headers.cookie ?? "")?.[1];
    if (!navigation || cookie === undefined) return { refusal: refusals.signIn };
    const principal: Principal | null = await authenticator.cookie(cookie);
    const target = principal === null ? null : await targets.find(place.jobId);
    if (principal === null || principal.mustChangePassword) return { refusal: refusals.signIn };
    if (target === null || target.ownerId !== principal.accountId) return { refusal: refusals.noSession };
    const link = await tickets.link(place.jobId, principal, place.path);
    return link === null ? { refusal: refusals.signIn } : { redirect: link.domain + link.path, setCookie: null };
  }

  return {
    place(req) {
      const url = req.url ?? "/";
      const jobId = addresses.sessionOfHost(req.headers.host);
      if (jobId !== null) return { way: "origin", jobId, path: url };
      if (!url.startsWith("/passthrough/")) return null;
      const parts = PASSTHROUGH.exec(url);
      // A name that was rebound to us gets the portal's own refusal.
      if (parts === null || !isOurs(askedHost(req), req.socket.localAddress)) return null;
      return { way: "path", jobId: Number(parts[1]), path: (parts[2] ?? "/") + (parts[3] ?? "") };
    },
    enter(req, place, upgrade) {
      return place.way === "origin" ? enterByOrigin(req, place, upgrade) : enterByPath(req, place, upgrade);
    },
  };
}

function notOpen(target: SessionTarget, nodeId: string): Refusal | null {
  if (target.state === "complete" || target.state === "failed" || target.state === "stopping") {
    return {
      status: 410,
      title: "This session has ended.",
      remedy: `${target.message} Start a new one in the portal.`,
    };
  }
  if (target.nodeId !== nodeId) {
    return {
      status: 503,
      title: `This session runs on the host ${target.nodeId}.`,
      remedy: "This server can't reach it: ask the operator to route the session's address there.",
    };
  }
  if (target.ready && target.connect !== null) return null;
  return { status: 503, title: "This session is not ready yet.", remedy: `${target.message} Reload in a moment.` };
}

/** Only a path of the same origin: `//host` and `/\host` would lead elsewhere. */
function localPath(to: string | null): string {
  if (to === null || !/^\/(?![/\\])/.test(to) || /[\r\n]/.test(to) || to.startsWith("/.stoa/")) return "/";
  return to;
}

async function afterScheme(
  header: string | string[] | undefined,
  scheme: string,
  verify: (token: string) => Promise<Principal | null>,
): Promise<Principal | null> {
  if (typeof header !== "string") return null;
  const match = /^(\S+) +(\S+)$/.exec(header);
  if (match === null || match[1]?.toLowerCase() !== scheme || match[2] === undefined) return null;
  return await verify(match[2]);
}
