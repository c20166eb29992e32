import { type Kysely, sql } from "kysely";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { OperationRow, OperationTables } from "./tables.ts";

export interface OperationMetrics {
  started(row: OperationRow): void;
  ended(row: OperationRow): void;
}

const seconds = (from: Date, to: Date) => Math.max(0, to.getTime() - from.getTime()) / 1_000;

/** Queued and running are of the whole cluster, read when somebody looks; the rest is this process's. */
export function createMetrics(db: Kysely<OperationTables>, registry: Registry | undefined): OperationMetrics {
  const registers = registry ? [registry] : [];
  const wait = new Histogram({
    name: "stoa_operation_wait_seconds",
    help: "From when an operation may start to its start",
    labelNames: ["kind"],
    buckets: [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 1, 5, 30, 300],
    registers,
  });
  const duration = new Histogram({
    name: "stoa_operation_duration_seconds",
    help: "From the first start of an operation to its end",
    labelNames: ["kind", "outcome"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200],
    registers,
  });
  const attempts = new Counter({
    name: "stoa_operation_attempts_total",
    help: "Attempts begun by this process",
    labelNames: ["kind"],
    registers,
  });
  const open = new Gauge({
    name: "stoa_operations",
    help: "Operations of the whole cluster that have not ended",
    labelNames: ["kind", "state"],
    registers,
    async collect() {
      const { rows } = await readOpen(db).catch(() => ({ rows: [] }));
      this.reset();
      for (const row of rows) this.set({ kind: row.kind, state: row.state }, row.count);
    },
  });
  void open;
  return {
    started(row) {
      attempts.inc({ kind: row.kind });
      const from = row.not_before > row.created_at ? row.not_before : row.created_at;
      if (row.attempt === 1 && row.claimed_at) wait.observe({ kind: row.kind }, seconds(from, row.claimed_at));
    },
    ended(row) {
      const from = row.started_at ?? row.created_at;
      duration.observe({ kind: row.kind, outcome: row.state }, seconds(from, row.finished_at ?? new Date()));
    },
  };
}

/** Two partial indexes: the ended ones are not looked at. */
function readOpen(db: Kysely<OperationTables>) {
  return sql<{ kind: string; state: string; count: number }>`
    select kind, 'running' as state, count(*)::int as count from operations where state = 'running' group by kind
    union all
    select split_part(queue, '/', 1), 'queued', count(*)::int from operations where state = 'queued'
    group by split_part(queue, '/', 1)`.execute(db);
}
