/**
 * Operations in one server process on the embedded PostgreSQL, as durable as in production: from the commit of
 * an enqueue to the handler's first line, and how long 5,000 that do nothing take to drain.
 */
import { rmSync } from "node:fs";
import { Kysely, PostgresDialect } from "kysely";
import pino from "pino";
import { createAudit } from "../packages/server/src/platform/audit/audit.ts";
import type { PlatformTables } from "../packages/server/src/platform/database/database.ts";
import { startEmbeddedPostgres } from "../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { migrateToLatest } from "../packages/server/src/platform/database/migrate.ts";
import { createPool } from "../packages/server/src/platform/database/pool.ts";
import { createEvents } from "../packages/server/src/platform/events/events.ts";
import type { OperationKind } from "../packages/server/src/platform/operations/contract.ts";
import { createOperations } from "../packages/server/src/platform/operations/operations.ts";
import { newDataDir } from "../tests/support/stoa-process.ts";
import { median } from "./support/median.ts";
import { atMost, print } from "./support/report.ts";

const SINGLE = 100;
const MANY = 5_000;
const ROUNDS = 5;

const log = pino({ level: "warn" }, pino.destination(2));
const dataDir = newDataDir();
const server = await startEmbeddedPostgres({ dataDir, log });
const pool = createPool({ url: server.url, size: 10, applicationName: "bench", onIdleError: () => undefined });
const db = new Kysely<PlatformTables>({ dialect: new PostgresDialect({ pool }) });
await migrateToLatest(db);

const events = createEvents({ db, directUrl: server.url, log });
const audit = createAudit({ db, log });
const operations = createOperations({ db, connectionString: server.url, events, audit, nodeId: "bench", log });

let onStart: (id: string) => void = () => undefined;
const kind = (name: string, concurrency: number): OperationKind => ({
  kind: name,
  attempts: 3,
  heartbeatSeconds: 30,
  expireSeconds: 60,
  concurrency,
  async run({ operation }) {
    onStart(operation.id);
    return {};
  },
});
operations.register(kind("bench.single", 4));
operations.register(kind("bench.many", 50));
await events.start();
audit.start();
await operations.start();

try {
  const waits: number[] = [];
  for (let round = 0; round < SINGLE; round += 1) waits.push(await enqueueOne());
  const drains: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) drains.push(await drain());
  print({
    name: "Operations",
    rows: [
      atMost("From enqueue (committed) to start, median of 100", round1(median(waits)), 30, "ms", spread(waits)),
      atMost(`${MANY} that do nothing, drained by one process`, round1(median(drains)), 15, "s"),
    ],
  });
} finally {
  await operations.stop(1_000);
  await audit.stop();
  await events.stop();
  await pool.end();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Milliseconds from the commit to the handler. */
async function enqueueOne(): Promise<number> {
  let startedAt = Number.NaN;
  const started = new Promise<void>((resolve) => {
    onStart = () => {
      startedAt = performance.now();
      resolve();
    };
  });
  await db.transaction().execute((trx) => operations.enqueue(trx, request("bench.single")));
  const committedAt = performance.now();
  await started;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return Math.max(0, startedAt - committedAt);
}

/** Seconds from the commit of all (one transaction) until the last one's end is written. */
async function drain(): Promise<number> {
  onStart = () => undefined;
  let ended = 0;
  const all = new Promise<void>((resolve) => {
    const stop = events.subscribe({ types: ["operation.changed"] }, ({ data }) => {
      if (data.kind !== "bench.many" || data.state !== "succeeded") return;
      ended += 1;
      if (ended < MANY) return;
      stop();
      resolve();
    });
  });
  await db.transaction().execute(async (trx) => {
    for (let number = 0; number < MANY; number += 1) await operations.enqueue(trx, request("bench.many"));
  });
  const committedAt = performance.now();
  await all;
  return (performance.now() - committedAt) / 1_000;
}

function request(name: string) {
  return { kind: name, subject: { kind: "bench", id: "1" }, actor: { accountId: null, label: "bench" }, input: {} };
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `95th percentile ${round1(sorted[Math.floor(sorted.length * 0.95)] ?? 0)} ms`;
}
