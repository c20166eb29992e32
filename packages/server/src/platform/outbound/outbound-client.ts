import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from "cockatiel";
import type { Registry } from "prom-client";
import { Agent } from "undici";
import { StoaError } from "../errors/stoa-error.ts";
import type { OutboundAnswer, OutboundCall, OutboundClient, OutboundPolicy, OutboundStream } from "./contract.ts";
import { guardedConnector, PrivateAddressError } from "./guarded-connector.ts";
import { callOnce, openOnce, TooMuchError } from "./one-call.ts";
import { type OutboundMetrics, outboundMetrics } from "./outbound-metrics.ts";
import { withRetries } from "./retries.ts";

/** Says nothing about the system that was called. */
class CallerGaveUp extends Error {}

interface Breaker {
  readonly state: CircuitState;
  execute<T>(work: () => PromiseLike<T>): Promise<T>;
}

const noBreaker: Breaker = { state: CircuitState.Closed, execute: async (work) => work() };
const defaultBreaker = { failures: 5, halfOpenAfterMs: 10_000 };

/** A client of one outside system: each attempt passes the breaker and has its place, its time and its size. */
export function createOutboundClient(policy: OutboundPolicy, registry?: Registry): OutboundClient {
  const metrics = outboundMetrics(registry);
  const agent = createAgent(policy, policy.concurrency);
  const streams = createAgent(policy, null);
  const places = bulkhead(policy.concurrency, policy.queue);
  const breaker = createBreaker(policy, metrics);

  async function attempt(call: OutboundCall): Promise<OutboundAnswer> {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const { answer } = await breaker.execute(async () => judged(call, await timed(call)));
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

  async function open(call: OutboundCall): Promise<OutboundStream> {
    const started = performance.now();
    const note = (outcome: string) => metrics.attempt(policy.name, outcome, (performance.now() - started) / 1000);
    try {
      const stream = await breaker.execute(() =>
        openOnce(policy, streams, call)
          .then((answer) => ({ answer, ill: answer.status >= 500 }))
          .catch((error: unknown) => {
            throw call.signal?.aborted === true ? new CallerGaveUp("the caller gave up", { cause: error }) : error;
          }),
      );
      note(String(stream.answer.status));
      return stream.answer;
    } catch (error) {
      const refusal = asRefusal(error, policy, call);
      note(refusal instanceof StoaError ? refusal.code : "aborted");
      throw refusal;
    }
  }

  return {
    stream: open,
    call: (call) => withRetries(policy, call, () => inPlace(places, policy, () => attempt(call)), metrics),
    get state() {
      return breaker.state === CircuitState.Closed
        ? "closed"
        : breaker.state === CircuitState.Open
          ? "open"
          : "half-open";
    },
    close: async () => void (await Promise.all([agent.destroy(), streams.destroy()])),
  };
}

/** @param connections at most; null: as many as are asked for */
function createAgent(policy: OutboundPolicy, connections: number | null): Agent {
  const connectMs = Math.min(policy.timeoutMs, 10_000);
  return new Agent({
    connections,
    pipelining: 1,
    headersTimeout: policy.timeoutMs,
    bodyTimeout: policy.timeoutMs,
    maxHeaderSize: 16 * 1024,
    ...(policy.publicOnly === true ? { allowH2: false } : {}),
    connect: policy.publicOnly === true ? guardedConnector(connectMs, policy) : { timeout: connectMs },
  });
}

/** An answer, and whether it says that the system is ill. */
function judged(call: OutboundCall, answer: OutboundAnswer): { answer: OutboundAnswer; ill: boolean } {
  return { answer, ill: answer.status >= 500 && call.isWell?.(answer) !== true };
}

/** Counts what says that the system is ill: no answer, or a 5xx. Refusals of ours and aborts don't. */
function createBreaker(policy: OutboundPolicy, metrics: OutboundMetrics): Breaker {
  if (policy.breaker === null) return noBreaker;
  const { failures, halfOpenAfterMs } = policy.breaker ?? defaultBreaker;
  const counts = handleWhen((error) => !(error instanceof CallerGaveUp || error instanceof StoaError)).orWhenResult(
    (judged) => (judged as { ill: boolean }).ill,
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
