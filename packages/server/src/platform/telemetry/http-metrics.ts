import type { FastifyReply, FastifyRequest } from "fastify";
import { Gauge, Histogram, type Registry } from "prom-client";

export interface HttpMetrics {
  /** Called once a request, when it has ended. */
  observe(request: FastifyRequest, reply: FastifyReply): void;
  readonly sockets: Gauge<"path">;
}

/** By the route's pattern, never by the address: ids would make a series each. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const durations = new Histogram({
    name: "stoa_http_request_duration_seconds",
    help: "Time from a request's headers to the end of its answer.",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const sockets = new Gauge({
    name: "stoa_websockets_open",
    help: "Open WebSockets of the API (those of sessions apart).",
    labelNames: ["path"],
    registers: [registry],
  });
  return {
    observe(request, reply) {
      const route = request.routeOptions.url ?? "(none)";
      durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    },
    sockets,
  };
}
