import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Config } from "../../config/schema.ts";

/**
 * A span for each request, sent to the configured collector. The SDK is loaded only when there is one:
 * it costs half a second of start. A caller's `traceparent` is taken on from trusted proxies only, since
 * a trace id decides what is sampled and stored.
 */
export async function addTracing(
  app: FastifyInstance,
  config: Pick<Config, "otlpEndpoint" | "nodeId">,
  isTrusted: (address: string | undefined) => boolean,
): Promise<void> {
  if (config.otlpEndpoint === null) return;
  const stop = await startSdk(config.otlpEndpoint, config.nodeId);
  const spans = new WeakMap<FastifyRequest, Span>();
  const tracer = trace.getTracer("stoa");

  app.addHook("onRequest", (request, _reply, done) => {
    const parent = isTrusted(request.socket.remoteAddress)
      ? propagation.extract(context.active(), request.headers)
      : context.active();
    const attributes = { "http.request.method": request.method, "stoa.request_id": request.id };
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, parent);
    spans.set(request, span);
    context.with(trace.setSpan(parent, span), done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const span = spans.get(request);
    const route = request.routeOptions.url ?? "(none)";
    span?.updateName(`${request.method} ${route}`);
    span?.setAttributes({ "http.route": route, "http.response.status_code": reply.statusCode });
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
  app.addHook("onClose", stop);
}

async function startSdk(endpoint: string, nodeId: string): Promise<() => Promise<void>> {
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("@opentelemetry/exporter-trace-otlp-http"),
  ]);
  process.env.OTEL_RESOURCE_ATTRIBUTES ??= `service.instance.id=${nodeId}`;
  const sdk = new NodeSDK({
    serviceName: "stoa",
    traceExporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` }),
    instrumentations: [],
  });
  sdk.start();
  return async () => await sdk.shutdown();
}
