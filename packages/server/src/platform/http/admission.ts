import type { onRequestHookHandler } from "fastify";
import type { Config } from "../../config/schema.ts";
import { StoaError } from "../errors/stoa-error.ts";
import { createHostCheck } from "./host-check.ts";
import { preferredLocale } from "./messages.ts";
import { securityHeaders } from "./security-headers.ts";

/**
 * The first thing that happens to a request, known address or not: it gets its id, headers and
 * language, and a Host that isn't ours ends it.
 */
export function createAdmission(config: Config, isDraining: () => boolean): onRequestHookHandler {
  const isOurs = createHostCheck(config);
  const headers = securityHeaders(config);
  return (request, reply, done) => {
    reply.headers(headers);
    reply.header("x-request-id", request.id);
    request.locale = preferredLocale(request.headers["accept-language"]) ?? config.defaultLocale;
    if (isDraining()) {
      reply.header("connection", "close");
      return done(new StoaError("unavailable", { details: { what: "This server is stopping and" } }));
    }
    if (isOurs(request.host, request.socket.localAddress)) return done();
    return done(new StoaError("host_unknown", { details: { host: (request.host ?? "").slice(0, 100) } }));
  };
}
