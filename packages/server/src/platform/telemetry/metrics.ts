import { collectDefaultMetrics, Registry } from "prom-client";

/** A registry of our own with the process's figures: no global one, so that two servers in a test don't meet. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
