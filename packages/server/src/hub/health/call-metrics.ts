import { Counter, Histogram, type Registry } from "prom-client";
import type { HubCallRecord } from "../client/contract.ts";

/** Calls of the hub by name; `stoa_outbound_…` has their attempts, retries and the breaker. */
export function createCallMetrics(registry: Registry): (record: HubCallRecord) => void {
  const registers = [registry];
  const calls = new Counter({
    name: "stoa_hub_calls_total",
    help: "Calls of JupyterHub, all attempts of one together, by what they came to.",
    labelNames: ["call", "outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "stoa_hub_call_duration_seconds",
    help: "Time of one call of JupyterHub, its retries included.",
    labelNames: ["call"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  return ({ call, outcome, milliseconds }) => {
    calls.inc({ call, outcome });
    seconds.observe({ call }, milliseconds / 1_000);
  };
}
