import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface OutboundMetrics {
  /** One attempt that ended: a status like `200`, or `timeout`, `failed`. */
  attempt(name: string, outcome: string, seconds: number): void;
  retried(name: string): void;
  /** 0 closed, 1 open, 2 half-open. */
  breaker(name: string, state: 0 | 1 | 2): void;
}

const none: OutboundMetrics = { attempt: () => {}, retried: () => {}, breaker: () => {} };
const made = new WeakMap<Registry, OutboundMetrics>();

/** Figures of all outside systems, one set a registry. */
export function outboundMetrics(registry: Registry | undefined): OutboundMetrics {
  if (registry === undefined) return none;
  const metrics = made.get(registry) ?? create(registry);
  made.set(registry, metrics);
  return metrics;
}

function create(registry: Registry): OutboundMetrics {
  const registers = [registry];
  const attempts = new Histogram({
    name: "stoa_outbound_attempt_duration_seconds",
    help: "Time of one attempt at a call to an outside system.",
    labelNames: ["system", "outcome"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const retries = new Counter({
    name: "stoa_outbound_retries_total",
    help: "Attempts after the first.",
    labelNames: ["system"],
    registers,
  });
  const breakers = new Gauge({
    name: "stoa_outbound_breaker_state",
    help: "0 closed, 1 open, 2 half-open.",
    labelNames: ["system"],
    registers,
  });
  return {
    attempt: (system, outcome, seconds) => attempts.observe({ system, outcome }, seconds),
    retried: (system) => retries.inc({ system }),
    breaker: (system, state) => breakers.set({ system }, state),
  };
}
