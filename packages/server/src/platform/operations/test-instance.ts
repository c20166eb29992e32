import pino from "pino";
import type { TestDatabase } from "../../testing/test-database.ts";
import { type AuditService, createAudit } from "../audit/audit.ts";
import { createEvents, type EventsService } from "../events/events.ts";
import type { BackstopTimes } from "./backstop.ts";
import type { NewOperation, Operation, OperationKind, Operations } from "./contract.ts";
import { createOperations } from "./operations.ts";

/** What a server process has of operations; several of them on one database behave as a cluster. */
export interface TestInstance {
  readonly operations: Operations;
  readonly events: EventsService;
  readonly audit: AuditService;
  start(): Promise<void>;
  stop(graceMs?: number): Promise<void>;
}

export const someone = { accountId: 7, label: "Ada" };

export function openInstance(
  database: TestDatabase,
  options: { nodeId?: string; kinds?: readonly OperationKind[]; times?: Partial<BackstopTimes> } = {},
): TestInstance {
  const log = pino({ level: process.env.STOA_TEST_LOG ?? "silent" });
  const { db, url } = database;
  const events = createEvents({ db, directUrl: url, log });
  const audit = createAudit({ db, log, sealEveryMs: 50 });
  const operations = createOperations({
    db,
    connectionString: url,
    events,
    audit,
    nodeId: options.nodeId ?? "node-a",
    log,
    times: { sweepMs: 200, ...options.times },
  });
  for (const kind of options.kinds ?? []) operations.register(kind);
  return {
    operations,
    events,
    audit,
    async start() {
      await events.start();
      await operations.start();
    },
    async stop(graceMs = 100) {
      await operations.stop(graceMs);
      await events.stop();
    },
  };
}

export function kindOf(kind: string, rest: Partial<OperationKind> = {}): OperationKind {
  return {
    kind,
    attempts: 3,
    heartbeatSeconds: 10,
    expireSeconds: 60,
    concurrency: 8,
    run: async () => ({}),
    ...rest,
  };
}

/** Enqueues one in a transaction of its own. */
export function enqueueOne(
  database: TestDatabase,
  operations: Operations,
  kind: string,
  rest: Partial<NewOperation> = {},
): Promise<Operation> {
  return database.db
    .transaction()
    .execute((trx) =>
      operations.enqueue(trx, { kind, subject: { kind: "test", id: "1" }, actor: someone, input: {}, ...rest }),
    );
}

export async function historyOf(database: TestDatabase, id: string): Promise<string[]> {
  const rows = await database.db
    .selectFrom("operation_history")
    .select("text")
    .where("operation_id", "=", id)
    .orderBy("id")
    .execute();
  return rows.map((row) => row.text);
}
