import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from "cockatiel";
import type { Registry } from "prom-client";
import { Agent } from "undici";
import { StoaError } from "../errors/stoa-error.ts";
import type { OutboundAnswer, OutboundCall, OutboundClient, OutboundPolicy } from "./contract.ts";
import { guardedConnector, PrivateAddressError } from "./guarded-connector.ts";
import { callOnce, TooMuchError } from "./one-call.ts";
import { type OutboundMetrics, outboundMetrics } from "./outbound-metrics.ts";
import { withRetries } from "./retries.ts";

/** Says nothing about the system that was called. */
class CallerGaveUp extends Error {}

const defaultBreaker = { failures: 5, halfOpenAfterMs: 10_000 };

/** A client of one outside system: each attempt passes the breaker and has its place, its time and its size. */
export function createOutboundClient(policy: OutboundPolicy, registry?: Registry): OutboundClient {
  const metrics = outboundMetrics(registry);
  const agent = createAgent(policy);
  const places = bulkhead(policy.concurrency, policy.queue);
  const breaker = createBreaker(policy, metrics);

  async function attempt(call: OutboundCall): Promise<OutboundAnswer> {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const answer = await breaker.execute(() => timed(call));
      metrics.attempt(policy.name, String(answer.status), seconds());
      return answer;
    } catch (error) {
      const refusal = asRefusal(error, policy, call);
      metrics.attempt(policy.name, refusal instanceof StoaError ? refusal.code : "aborted", seconds());
      throw refusal;
    }
  }

  async function timed(call: OutboundCall): Promise<OutboundAnswer> {
    const limit = AbortSignal.timeout(policy.timeoutMs);
    const signal = call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]);
    try {
      return await callOnce(policy, agent, call, signal);
    } catch (error) {
      throw call.signal?.aborted === true ? new CallerGaveUp("the caller gave up", { cause: error }) : error;
    }
  }

  return {
    call: (call) => withRetries(policy, call, () => inPlace(places, policy, () => attempt(call)), metrics),
    get state() {
      return breaker.state === CircuitState.Closed
        ? "closed"
        : breaker.state === CircuitState.Open
          ? "open"
          : "half-open";
    },
    close: () => agent.destroy(),
  };
}

function createAgent(policy: OutboundPolicy): Agent {
  const connectMs = Math.min(policy.timeoutMs, 10_000);
  return new Agent({
    connections: policy.concurrency,
    pipelining: 1,
    headersTimeout: policy.timeoutMs,
    bodyTimeout: policy.timeoutMs,
    maxHeaderSize: 16 * 1024,
    connect: policy.publicOnly === true ? guardedConnector(connectMs) : { timeout: connectMs },
  });
}

/** Counts what says that the system is ill: no answer, or a 5xx. Refusals of ours and aborts don't. */
function createBreaker(policy: OutboundPolicy, metrics: OutboundMetrics): CircuitBreakerPolicy {
  const { failures, halfOpenAfterMs } = policy.breaker ?? defaultBreaker;
  const counts = handleWhen((error) => !(error instanceof CallerGaveUp || error instanceof StoaError)).orWhenResult(
    (answer) => (answer as OutboundAnswer).status >= 500,
  );
  const breaker = circuitBreaker(counts, { halfOpenAfter: halfOpenAfterMs, breaker: new ConsecutiveBreaker(failures) });
  breaker.onStateChange((state) => {
    metrics.breaker(policy.name, state === CircuitState.Closed ? 0 : state === CircuitState.Open ? 1 : 2);
  });
  return breaker;
}

async function inPlace(
  places: BulkheadPolicy,
  { name }: OutboundPolicy,
  work: () => Promise<OutboundAnswer>,
): Promise<OutboundAnswer> {
  try {
    return await places.execute(work);
  } catch (error) {
    if (!(error instanceof BulkheadRejectedError)) throw error;
    throw new StoaError("unavailable", { details: { what: name }, cause: error });
  }
}

/** What the caller sees: never the library's errors, never the address that was tried. */
function asRefusal(error: unknown, { name, timeoutMs }: OutboundPolicy, call: OutboundCall): unknown {
  if (error instanceof StoaError) return error;
  if (call.signal?.aborted === true) return call.signal.reason;
  const details = { what: name };
  if (error instanceof BrokenCircuitError) return new StoaError("unavailable", { details, cause: error });
  if (isTimeout(error)) {
    const message = `${name} did not answer within ${timeoutMs / 1000} seconds.`;
    return new StoaError("upstream_timeout", { message, details, cause: error });
  }
  if (error instanceof PrivateAddressError || error instanceof TooMuchError) {
    return new StoaError("upstream_failed", {
      message: `${name} was not called to the end: ${error.message}.`,
      details,
      cause: error,
    });
  }
  return new StoaError("upstream_failed", { details, cause: error });
}

const timeoutCodes = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT"]);

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "TimeoutError" || ("code" in error && timeoutCodes.has(String(error.code)));
}
