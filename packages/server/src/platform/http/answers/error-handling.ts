import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { StoaError } from "../../errors/stoa-error.ts";
import { dialectOf } from "../dialects.ts";
import type { Dialect } from "../route-policy.ts";
import { asStoaError } from "./as-stoa-error.ts";
import { type ErrorContext, renderError } from "./error-shapes.ts";

/** What a client is told to use where it must prove who it is. */
const challenges: Readonly<Partial<Record<Dialect, string>>> = {
  storage: 'ApiKey realm="storage", Bearer',
  workspaces: "Token, Bearer",
};
const methods: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const unavailableRetrySeconds = 5;

/** Answers whatever was thrown, in the shape of the address that was called. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = asStoaError(error, {
    contentType: request.headers["content-type"]?.split(";")[0] ?? "(none)",
    bodyLimit: request.routeOptions.bodyLimit ?? 0,
  });
  note(refusal, request);
  const context = contextOf(request);
  const rendered = renderError(refusal, context);
  setErrorHeaders(refusal, rendered.status, context.dialect, reply);
  void reply
    .code(rendered.status)
    .header("content-type", rendered.contentType)
    .header("cache-control", "no-store")
    .send(typeof rendered.body === "string" ? rendered.body : JSON.stringify(rendered.body));
}

/** For addresses that lead nowhere: 405 where another method would, else 404. */
export function answerNotFound(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): void {
  const path = pathOf(request);
  const allowed = methods.filter((method) => isThere(app, method, path));
  // The method itself among them: a handler found nothing behind its address.
  if (allowed.length === 0 || allowed.some((method) => method === request.method)) {
    answerError(new StoaError("not_found", notFoundText(request)), request, reply);
    return;
  }
  const details = { method: request.method, allowed: allowed.join(", ") };
  answerError(new StoaError("method_not_allowed", { details }), request, reply);
}

function contextOf(request: FastifyRequest): ErrorContext {
  return {
    dialect: request.routeOptions.config?.policy?.dialect ?? dialectOf(pathOf(request)),
    locale: request.locale ?? "en",
    requestId: request.id,
    method: request.method,
    wantsPage: (request.method === "GET" || request.method === "HEAD") && acceptsPage(request),
  };
}

function pathOf(request: FastifyRequest): string {
  return (request.raw.url ?? "/").split("?", 1)[0] ?? "/";
}

function acceptsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes("text/html") === true;
}

function isThere(app: FastifyInstance, method: HTTPMethods, url: string): boolean {
  try {
    return app.findRoute({ method, url }) !== null;
  } catch {
    return false; // a path that can't be decoded is nowhere
  }
}

/** FastAPI and Django said it like this, and programs compare. */
function notFoundText(request: FastifyRequest): { message?: string; details: { what: string } } {
  const dialect = dialectOf(pathOf(request));
  const details = { what: "such address" };
  return dialect === "storage" || dialect === "portal" ? { message: "Not Found", details } : { details };
}

function setErrorHeaders(error: StoaError, status: number, dialect: Dialect, reply: FastifyReply): void {
  if (status === 401) reply.header("www-authenticate", challenges[dialect] ?? "Bearer");
  if (status === 405) reply.header("allow", String(error.details.allowed ?? ""));
  if (status === 429) reply.header("retry-after", String(error.details.seconds ?? 1));
  if (status === 503) reply.header("retry-after", String(error.details.seconds ?? unavailableRetrySeconds));
}

function note(error: StoaError, request: FastifyRequest): void {
  if (!error.expected) request.log.error({ err: error.cause ?? error }, `${error.code}: ${error.message}`);
  else if (error.status >= 500) request.log.warn({ err: error.cause ?? error }, error.message);
}
