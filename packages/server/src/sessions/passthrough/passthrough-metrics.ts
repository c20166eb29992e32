import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface PassthroughMetrics {
  /** @returns to be called at the end, with the status that the client got (0: none). */
  begin(kind: "http" | "websocket"): (status: number) => void;
}

/** Label children are looked up once: a lookup per request costs more than the observation. */
export function createPassthroughMetrics(registry: Registry, openExchanges: () => number): PassthroughMetrics {
  const requests = new Counter({
    name: "stoa_passthrough_exchanges_total",
    help: "Exchanges with sessions that ended, by kind and class of status (0: no answer).",
    labelNames: ["kind", "status"] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "stoa_passthrough_http_seconds",
    help: "Seconds from a request's arrival to the end of its answer.",
    buckets: [0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 300],
    registers: [registry],
  });
  new Gauge({
    name: "stoa_passthrough_open",
    help: "Exchanges with sessions under way.",
    registers: [registry],
    collect() {
      this.set(openExchanges());
    },
  });
  const ofKind = (kind: "http" | "websocket") =>
    [0, 1, 2, 3, 4, 5].map((hundreds) => requests.labels(kind, hundreds === 0 ? "0" : `${hundreds}xx`));
  const counters = { http: ofKind("http"), websocket: ofKind("websocket") };

  return {
    begin(kind) {
      const startedAt = performance.now();
      return (status) => {
        counters[kind][Math.floor(status / 100)]?.inc();
        if (kind === "http") seconds.observe((performance.now() - startedAt) / 1000);
      };
    },
  };
}
