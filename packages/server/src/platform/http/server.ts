import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import cors from "@fastify/cors";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, LogController } from "fastify";
import secureJson from "secure-json-parse";
import type { Config } from "../../config/schema.ts";
import { StoaError } from "../errors/stoa-error.ts";
import type { Platform } from "../platform.ts";
import { createHttpMetrics } from "../telemetry/http-metrics.ts";
import { addTracing } from "../telemetry/tracing.ts";
import { createAdmission } from "./admission.ts";
import { answerError, answerNotFound } from "./answers/error-handling.ts";
import { serializerCompiler } from "./answers/serialization.ts";
import { refuseUndeclaredStatus } from "./answers/strict-statuses.ts";
import type { Authenticator } from "./authenticator.ts";
import { dialectOf, routedPath } from "./dialects.ts";
import { createGuard, type Hold } from "./guard.ts";
import { watchBodyPace } from "./input/body-pace.ts";
import { validatorCompiler } from "./input/validation.ts";
import { readJsonBody } from "./json-body.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";
import { preferredLocale } from "./messages.ts";
import { createNodeServer, type Intercept, MOST_HEADERS, refuseConnection } from "./node-server.ts";
import { openApiOptions } from "./openapi.ts";
import { withPrincipalCache } from "./principal-cache.ts";
import { createRateLimits, limitHooks, namedLimits, type RateLimits } from "./rate-limits.ts";
import { createRequestIds } from "./request-ids.ts";
import { createRequestLog, LazyLog } from "./request-log.ts";
import { checkRoute } from "./route-checks.ts";
import type { RoutePolicy } from "./route-policy.ts";
import { sessionCookieName } from "./session-cookie.ts";
import { bareAnswer } from "./sockets/upgrade-refusal.ts";
import { addUpgrades } from "./sockets/upgrades.ts";
import { createProxyTrust } from "./trusted-proxies.ts";
import type { UnreadRequest } from "./unread-request.ts";

const { version } = createRequire(import.meta.url)("../../../package.json") as { version: string };

export interface KnownRoute {
  readonly method: string;
  readonly url: string;
  readonly policy: RoutePolicy;
}

declare module "fastify" {
  interface FastifyInstance {
    /** For what a route can't declare by `rateLimit`: an attempt whose account is not in a body. */
    rateLimits: RateLimits;
    /** For the test that walks all addresses. */
    readonly knownRoutes: readonly KnownRoute[];
  }
}

export interface HttpServerOptions {
  readonly platform: Platform;
  readonly authenticator: Authenticator;
  readonly routes: readonly FastifyPluginAsync[];
  /** Gets the raw request before Fastify: sessions' own origins and `/passthrough/`. */
  readonly intercept?: Intercept;
  /** Asked of every request that may be answered; left out: nothing is held. */
  readonly hold?: Hold | undefined;
  /** Fail on what a route does not declare. Default: in tests. */
  readonly strict?: boolean;
}

/** Builds the server, ready to inject or to listen; never listens. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { platform } = options;
  const strict = options.strict ?? process.env.NODE_ENV === "test";
  const lifecycle = createLifecycle();
  const app = createApp(options, lifecycle);
  const limits = createRateLimits({
    db: platform.db,
    log: platform.log,
    requestsPerMinute: platform.config.limits.requestsPerMinute,
  });
  const authenticator = withPrincipalCache(options.authenticator, platform);
  app.decorate("lifecycle", lifecycle);
  app.decorate("rateLimits", limits);
  app.decorateRequest("principal", null);
  app.decorateRequest("locale", platform.config.defaultLocale);
  acceptJson(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler(strict));
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => answerNotFound(app, request, reply));

  await addHooks(app, options, authenticator, limits);
  if (strict) app.addHook("onSend", async (request, reply) => refuseUndeclaredStatus(request, reply));
  await app.register(swagger, openApiOptions(version));
  for (const routes of options.routes) await app.register(routes);
  app.addHook("onClose", () => {
    limits.stop();
    authenticator.stop();
  });
  await app.ready();
  return app;
}

function createApp({ platform, intercept }: HttpServerOptions, lifecycle: Lifecycle): FastifyInstance {
  const { config, log } = platform;
  const isProxy = createProxyTrust(config.trustedProxies);
  return Fastify({
    loggerInstance: log as FastifyBaseLogger,
    childLoggerFactory: (parent, bindings) => new LazyLog(parent, bindings),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request" }),
    bodyLimit: config.limits.bodyBytes,
    // Without one, who is connected is who asks: nothing has to be made of headers at each request.
    trustProxy: config.trustedProxies.length > 0 && ((address: string) => isProxy(address)),
    genReqId: createRequestIds(isProxy),
    rewriteUrl: (req) => routedPath(req.url ?? "/", req.headers),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
    frameworkErrors: answerError,
    clientErrorHandler: (error, socket) =>
      refuseConnection(error, socket, log, (unread) => intercept?.tooLarge?.(unread) ?? tooLarge(unread, config)),
    forceCloseConnections: "idle",
    return503OnClosing: false,
    serverFactory: (handler) => createNodeServer(handler, intercept, lifecycle),
  });
}

/** The answer of whichever API the address is of, as far as that could be read. */
function tooLarge({ method, path, headers }: UnreadRequest, { defaultLocale }: Config): string {
  return bareAnswer(new StoaError("headers_too_large", { details: { limit: MOST_HEADERS } }), {
    dialect: dialectOf(path),
    locale: preferredLocale(headers["accept-language"]) ?? defaultLocale,
    requestId: randomUUID(),
    method,
    wantsPage: headers.accept?.includes("text/html") === true,
  });
}

/** In this order: admission, CORS, who and may they; then what each route declares. */
async function addHooks(
  app: FastifyInstance,
  { platform, intercept, hold }: HttpServerOptions,
  authenticator: Authenticator,
  limits: RateLimits,
): Promise<void> {
  const { config } = platform;
  const metrics = createHttpMetrics(platform.metrics);
  const logRequest = createRequestLog(platform.log);
  addUpgrades(app, { platform, authenticator, limits, metrics, intercept });
  await addTracing(app, config, createProxyTrust(config.trustedProxies));
  const admit = createAdmission(config, () => app.lifecycle.draining);
  app.addHook("onRequest", admit);
  await allowOrigins(app, config.corsOrigins);
  const guard = createGuard({
    authenticator,
    limits,
    secrets: platform.secrets,
    cookieName: sessionCookieName(config),
    portalOrigin: () => platform.addresses.portalOrigin(),
    hold,
  });
  app.addHook("onRequest", guard);
  app.addHook("preParsing", (request, _reply, payload, done) => {
    watchBodyPace(request);
    done(null, payload);
  });
  app.addHook("onResponse", (request, reply, done) => {
    metrics.observe(request, reply);
    logRequest(request, reply);
    done();
  });
  const known: KnownRoute[] = [];
  app.decorate("knownRoutes", known);
  app.addHook("onRoute", (route) => {
    const policy = checkRoute(route);
    for (const method of [route.method].flat()) known.push({ method, url: route.url, policy });
    const limit = route.config?.policy?.rateLimit;
    if (limit === undefined) return;
    if (!Object.hasOwn(namedLimits, limit))
      throw new Error(`The route ${route.url} names a rate limit ${limit}, which there is not.`);
    const { preHandler, onSend } = limitHooks(limits, limit);
    route.preHandler = [preHandler, ...[route.preHandler ?? []].flat()];
    route.onSend = [...[route.onSend ?? []].flat(), onSend];
  });
}

/** Other pages may call with header tokens; a cookie never counts for them. */
async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    credentials: false,
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: [
      ...["Content-Type", "UWS-Authorization", "Authorization", "X-API-Key", "Idempotency-Key"],
      // The tus protocol's.
      ...["Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum"],
    ],
    exposedHeaders: [
      ...["X-Request-Id", "Retry-After", "Location"],
      ...["Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires"],
    ],
    maxAge: 600,
    strictPreflight: false,
  });
}

function acceptJson(app: FastifyInstance): void {
  const parse = (text: string): unknown => secureJson.parse(text, { protoAction: "error", constructorAction: "error" });
  app.removeAllContentTypeParsers();
  for (const type of ["application/json", /^application\/[\w.-]+\+json$/]) {
    app.addContentTypeParser(type, { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
      readJsonBody(body, parse),
    );
  }
}
