import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import { StoaError } from "../../errors/stoa-error.ts";
import type { Platform } from "../../platform.ts";
import type { Principal } from "../../principal.ts";
import type { HttpMetrics } from "../../telemetry/http-metrics.ts";
import { asStoaError } from "../answers/as-stoa-error.ts";
import type { ErrorContext } from "../answers/error-shapes.ts";
import { type Identity, identify } from "../authentication.ts";
import type { Authenticator } from "../authenticator.ts";
import { authorise } from "../authorisation.ts";
import { type Presented, presentedCredential } from "../credentials.ts";
import { dialectOf } from "../dialects.ts";
import { createHostCheck } from "../host-check.ts";
import { preferredLocale } from "../messages.ts";
import { hasTwoHosts, type Intercept } from "../node-server.ts";
import type { RateLimits } from "../rate-limits.ts";
import { createRequestIds } from "../request-ids.ts";
import { isFromOurPages } from "../request-origin.ts";
import { cookieValues, sessionCookieName } from "../session-cookie.ts";
import { clientAddress, createProxyTrust } from "../trusted-proxies.ts";
import { holdMessages } from "./first-message.ts";
import { createOpenSockets } from "./open-sockets.ts";
import { createSocketRouter, type MatchedRoute, type SocketRoute } from "./socket-routes.ts";
import { refuseUpgrade } from "./upgrade-refusal.ts";

const defaultMessageBytes = 64 * 1024;
/** Close codes of our own: 4000 and the HTTP status that a request would have got. */
const revokedCode = 4401;

interface UpgradeParts {
  readonly platform: Platform;
  readonly authenticator: Authenticator;
  readonly limits: RateLimits;
  readonly metrics: HttpMetrics;
  readonly intercept: Intercept | undefined;
}

/** One request for a socket, on its way through the checks. */
interface Knock extends MatchedRoute {
  readonly req: IncomingMessage;
  readonly query: URLSearchParams;
  readonly presented: Presented | null;
  readonly id: string;
  readonly address: string;
}

/** WebSockets: Fastify does not see upgrades, so the same checks run here, before the handshake. */
export function addUpgrades(app: FastifyInstance, parts: UpgradeParts): void {
  const { platform, authenticator, limits, metrics } = parts;
  const { config, log } = platform;
  const router = createSocketRouter();
  const sockets = createOpenSockets();
  const isOurs = createHostCheck(config);
  const isProxy = createProxyTrust(config.trustedProxies);
  const requestId = createRequestIds(isProxy);
  const cookieName = sessionCookieName(config);
  const servers = new Map<SocketRoute, WebSocketServer>();

  app.decorate("addUpgrade", (route: SocketRoute) => {
    router.add(route);
    const maxPayload = route.maxMessageBytes ?? defaultMessageBytes;
    servers.set(
      route,
      new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload }),
    );
  });
  app.decorate("socketRoutes", router.all);
  app.lifecycle.onDrain(() => sockets.closeAll(1001, "The server is stopping."));
  app.addHook("preClose", (done) => {
    sockets.closeAll(1001, "The server is stopping.");
    done();
  });
  app.server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (hasTwoHosts(req.rawHeaders)) return void socket.destroy();
    if (!app.lifecycle.draining && parts.intercept?.upgrade(req, socket, head) === true) return;
    const id = requestId(req);
    enter(req, id, socket, head).catch((error: unknown) => refuse(req, id, socket, error));
  });

  function refuse(req: IncomingMessage, requestId: string, socket: Duplex, thrown: unknown): void {
    const error = asStoaError(thrown, { contentType: "", bodyLimit: 0 });
    if (!error.expected) log.error({ err: error.cause ?? error, request: requestId }, "a socket could not be opened");
    const locale = preferredLocale(req.headers["accept-language"]) ?? config.defaultLocale;
    const context: ErrorContext = {
      dialect: dialectOf(req.url ?? "/"),
      locale,
      requestId,
      method: "GET",
      wantsPage: false,
    };
    refuseUpgrade(socket, error, context);
  }

  async function enter(req: IncomingMessage, id: string, socket: Duplex, head: Buffer): Promise<void> {
    const knock = look(req, id);
    const { policy, publicHandshake } = knock.route;
    const isLate = publicHandshake === true && knock.presented === null;
    const identity = isLate ? null : await identify(knock.presented, policy.dialect, authenticator);
    limits.admit({ principal: identity?.principal ?? null, ip: knock.address });
    if (identity !== null) authorise(policy, identity.principal, refusalOf(identity));
    const server = servers.get(knock.route);
    if (server === undefined || socket.destroyed) return;
    server.handleUpgrade(req, socket, head, (ws) => {
      welcome(ws, knock, identity?.principal ?? null).catch((error: unknown) => turnAway(ws, knock, error));
    });
  }

  /** Everything that can be said before anybody is asked who they are. */
  function look(req: IncomingMessage, id: string): Knock {
    if (app.lifecycle.draining)
      throw new StoaError("unavailable", { details: { what: "This server is stopping and" } });
    const { host = "" } = req.headers;
    if (!isOurs(host, req.socket.localAddress))
      throw new StoaError("host_unknown", { details: { host: host.slice(0, 100) } });
    const [path = "/", search = ""] = (req.url ?? "/").split("?", 2);
    const matched = router.find(path);
    if (matched === null) throw new StoaError("not_found", { details: { what: "socket" } });
    const query = new URLSearchParams(search);
    const queryToken = matched.route.queryToken === true ? query.get("token") : null;
    const own = () => [platform.addresses.portalOrigin(), `http://${host}`, `https://${host}`];
    const cookieCounts = isFromOurPages(req.headers, own, "proof");
    const presented = presentedCredential(req, { cookieName, cookieCounts, queryToken });
    const strangersCookie = !cookieCounts && cookieValues(req.headers.cookie, cookieName).length > 0;
    if (presented === null && strangersCookie && matched.route.publicHandshake !== true) throw new StoaError("csrf");
    return { ...matched, req, id, query, presented, address: clientAddress(req, isProxy) };
  }

  /** The handshake is done. Whoever brought no credential says it now. */
  async function welcome(ws: WebSocket, knock: Knock, known: Principal | null): Promise<void> {
    const { route, req, params, query, id, address } = knock;
    ws.on("error", (error) => log.debug({ err: error, request: id }, "a socket broke"));
    metrics.sockets.inc({ path: route.path });
    ws.once("close", () => metrics.sockets.dec({ path: route.path }));
    sockets.add(ws);
    const messages = holdMessages(ws);
    const presented = knock.presented ?? { by: "first message" as const, value: await messages.firstToken() };
    const principal = known ?? (await admitted(presented, route));
    const unwatch = platform.revocations.watch(principal, (reason) =>
      sockets.close(ws, revokedCode, `credential ${reason}`),
    );
    ws.once("close", unwatch);
    // Revoked between the first look and the watch: nobody would tell this socket.
    await admitted(presented, route);
    authenticator.noteUse(principal, address, req.headers["user-agent"] ?? "");
    await route.handler(ws, {
      id,
      principal,
      params,
      query,
      headers: req.headers,
      address,
      log: log.child({ request: id }),
    });
    messages.release();
  }

  async function admitted(presented: Presented, route: SocketRoute): Promise<Principal> {
    const identity = await identify(presented, route.policy.dialect, authenticator);
    authorise(route.policy, identity.principal, refusalOf(identity));
    if (identity.principal === null) throw refusalOf(identity);
    return identity.principal;
  }

  function turnAway(ws: WebSocket, knock: Knock, thrown: unknown): void {
    const error = asStoaError(thrown, { contentType: "", bodyLimit: 0 });
    if (!error.expected) log.error({ err: error.cause ?? error, request: knock.id }, "a socket's handler failed");
    const code = error.status >= 500 && error.status !== 503 ? 1011 : 4000 + error.status;
    sockets.close(ws, code, error.message);
  }
}

function refusalOf(identity: Identity): StoaError {
  return identity.principal === null ? identity.refusal : new StoaError("unauthenticated");
}
