import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { AuditService } from "../audit/audit.ts";
import type { EventsService } from "../events/events.ts";
import { createActiveRuns } from "./active-runs.ts";
import { type BackstopTimes, createBackstop } from "./backstop.ts";
import type { OperationState, Operations } from "./contract.ts";
import { requestCancel, retry, withdraw } from "./control.ts";
import type { OperationDb, OperationDeps } from "./deps.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import { enqueue, isUuid, readRow } from "./enqueue.ts";
import { createJobQueue } from "./job-queue.ts";
import { createKinds, kindOfQueue, queueName } from "./kinds.ts";
import { createMetrics } from "./metrics.ts";
import { hasEnded, toOperation } from "./rows.ts";
import { createSchedules } from "./schedules.ts";
import { createWaiters } from "./waiters.ts";

export interface OperationsOptions {
  readonly db: OperationDb;
  /** For the queue's own two connections: past any pooler, too. */
  readonly connectionString: string;
  readonly events: EventsService;
  readonly audit: Pick<AuditService, "recordAll">;
  readonly nodeId: string;
  readonly log: Logger;
  readonly metrics?: Registry;
  readonly times?: Partial<BackstopTimes>;
  /** In the transaction in which operations end for good: what else is to be written about that. It must not fail. */
  readonly onEnded?: NonNullable<OperationDeps["onEnded"]>;
}

const times: BackstopTimes = { listeningMs: 5_000, deafMs: 1_000, sweepMs: 5_000 };

/** Register kinds and schedules, then `start`. Events must have been started before. */
export function createOperations(options: OperationsOptions): Operations {
  const { db, events } = options;
  const kinds = createKinds();
  const deps: OperationDeps = {
    ...options,
    kinds,
    worker: `${options.nodeId}#${process.pid}-${randomBytes(3).toString("hex")}`,
    metrics: createMetrics(db, options.metrics),
    queue: createJobQueue({
      connectionString: options.connectionString,
      listener: events.listener,
      log: options.log,
      kindOf: (queue) => kinds.find(kindOfQueue(queue)),
    }),
  };
  const runs = createActiveRuns(deps);
  const schedules = createSchedules(deps);
  const read = async (id: string) => toOperation(await readRow(db, id));
  const waiters = createWaiters(read);
  let dispatchers: ReadonlyMap<string, Dispatcher> = new Map();
  let started = false;
  const wake = (queue: string) => dispatchers.get(queue)?.wake(queue);
  const backstop = createBackstop(deps, () => [...dispatchers.keys()], wake, { ...times, ...options.times });

  const unsubscribe = events.subscribe({ types: ["operation.changed"] }, ({ subject, data }) => {
    if (data.cancel_requested === true) runs.cancel(subject.id);
    if (hasEnded(data.state as OperationState)) waiters.ended(subject.id);
    if (typeof data.not_before === "string") backstop.expect(new Date(data.not_before));
  });

  const makeDispatchers = () => {
    const all = kinds.all().map((kind) => createDispatcher(deps, runs, kind));
    return new Map(all.flatMap((dispatcher) => dispatcher.queues.map((queue) => [queue, dispatcher] as const)));
  };

  return {
    register(kind) {
      if (started) throw new Error(`${kind.kind} must be registered before the start`);
      kinds.add(kind);
    },
    schedule: schedules.add,
    enqueue: (trx, operation) => enqueue(deps, trx, operation),
    async get(id) {
      if (!isUuid(id)) return null;
      const row = await db.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst();
      return row ? toOperation(row) : null;
    },
    requestCancel: (trx, id, by) => requestCancel(deps, trx, id, by),
    withdraw: (trx, id, by) => withdraw(deps, trx, id, by),
    retry: (trx, id, by) => retry(deps, trx, id, by),
    wait: waiters.wait,
    async start() {
      started = true;
      await deps.queue.start(wake, backstop.look);
      const queues = kinds.all().flatMap((kind) => [
        { name: queueName(kind.kind), kind },
        { name: queueName(kind.kind, deps.nodeId), kind },
      ]);
      await deps.queue.ensure(queues);
      dispatchers = makeDispatchers();
      backstop.start();
      await schedules.start();
    },
    async stop(graceMs) {
      await Promise.all([schedules.stop(), backstop.stop()]);
      await Promise.all([...new Set(dispatchers.values())].map((dispatcher) => dispatcher.stop()));
      await runs.drain(graceMs);
      unsubscribe();
      waiters.stop();
      await deps.queue.stop();
    },
  };
}
