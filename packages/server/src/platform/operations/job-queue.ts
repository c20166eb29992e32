import { fromKysely, type KyselyTransactionLike, PgBoss } from "pg-boss";
import type { Logger } from "pino";
import { createPool } from "../database/pool.ts";
import type { Listener } from "../events/listener.ts";
import type { OperationKind } from "./contract.ts";
import { kindOfQueue } from "./kinds.ts";

export interface Job {
  readonly id: string;
  readonly operationId: string;
}

export interface NewJob extends Job {
  readonly queue: string;
  readonly startAfter?: Date;
}

/**
 * pg-boss as we use it: it keeps and hands out jobs, with expiry and heartbeat per kind; a job says no more
 * than "run this operation". Fetching happens in the transaction that claims the operations, a batch at a
 * time: its own workers take one job per round trip, wait for whole batches, and know nothing of fencing.
 */
export interface JobQueue {
  /** False before `start`: rows then wait for the sweep. */
  readonly ready: boolean;
  start(onJobs: (queue: string) => void, onListening: () => void): Promise<void>;
  /** Makes queues, or brings their settings up to date. */
  ensure(queues: readonly { name: string; kind: OperationKind }[]): Promise<void>;
  send(trx: KyselyTransactionLike, jobs: readonly NewJob[]): Promise<void>;
  fetch(trx: KyselyTransactionLike, queue: string, limit: number): Promise<Job[]>;
  /** Done with: what happened is told by the operation's row. */
  remove(trx: KyselyTransactionLike, queue: string, ids: readonly string[]): Promise<void>;
  touch(queue: string, ids: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface JobQueueOptions {
  readonly connectionString: string;
  readonly listener: Listener;
  readonly log: Logger;
  kindOf(queue: string): OperationKind | undefined;
}

/** pg-boss's own bounds. */
const LEAST_HEARTBEAT_SECONDS = 10;
const MOST_EXPIRY_SECONDS = 24 * 60 * 60;

export function createJobQueue(options: JobQueueOptions): JobQueue {
  const { log, listener } = options;
  // Its own housekeeping must not wait for our transactions, nor they for it.
  const pool = createPool({
    url: options.connectionString,
    size: 2,
    applicationName: "stoa/queue",
    onIdleError: (error) => log.warn({ err: error }, "a connection of the queue was lost"),
  });
  let onJobs: (queue: string) => void = () => undefined;
  let onListening: () => void = () => undefined;
  const boss = new PgBoss({
    schema: "pgboss",
    schedule: false,
    useListenNotify: true,
    superviseIntervalSeconds: 30,
    // None of our jobs waits for another: it would look for such every five seconds.
    flowIntervalSeconds: 3_600,
    db: {
      executeSql: (text, values) => pool.query(text, values),
      // On the process's one connection past any pooler, so that we hear of jobs too.
      async listen(channel, onNotification, onReconnect) {
        const heard = (queue: string) => {
          onNotification(queue);
          onJobs(queue);
        };
        const back = () => {
          onReconnect();
          onListening();
        };
        const stop = listener.listen(channel, heard, back);
        return { close: async () => stop() };
      },
    },
  });
  boss.on("error", (error) => log.warn({ err: error }, "the queue reports an error"));
  boss.on("warning", (warning) => log.info({ warning }, "the queue reports a warning"));
  const known = new Set<string>();
  let ready = false;

  const ensure: JobQueue["ensure"] = async (queues) => {
    const missing = queues.filter(({ name }) => !known.has(name));
    if (missing.length === 0) return;
    const present = new Map(
      (await boss.getQueues(missing.map(({ name }) => name))).map((queue) => [queue.name, queue]),
    );
    for (const { name, kind } of missing) {
      const settings = settingsOf(kind);
      const queue = present.get(name);
      if (!queue) await boss.createQueue(name, settings);
      else if (differs(queue, settings)) await boss.updateQueue(name, settings);
      known.add(name);
    }
  };

  const ensureByName = async (queue: string) => {
    const kind = options.kindOf(queue);
    if (!kind) throw new Error(`the queue ${queue} has no kind (${kindOfQueue(queue)})`);
    await ensure([{ name: queue, kind }]);
  };

  return {
    get ready() {
      return ready;
    },
    ensure,
    async start(jobs, listening) {
      onJobs = jobs;
      onListening = listening;
      await boss.start();
      ready = true;
    },
    async send(trx, jobs) {
      for (const [queue, own] of Map.groupBy(jobs, (job) => job.queue)) {
        if (!known.has(queue)) await ensureByName(queue);
        const rows = own.map(({ id, operationId, startAfter }) => ({
          id,
          data: { operation: operationId },
          ...(startAfter && { startAfter }),
        }));
        await boss.insert(queue, rows, { db: fromKysely(trx) });
      }
    },
    async fetch(trx, queue, limit) {
      const jobs = await boss.fetch<{ operation: string }>(queue, { batchSize: limit, db: fromKysely(trx) });
      return jobs.map((job) => ({ id: job.id, operationId: job.data.operation }));
    },
    async remove(trx, queue, ids) {
      if (ids.length > 0) await boss.deleteJob(queue, [...ids], { db: fromKysely(trx) });
    },
    async touch(queue, ids) {
      if (ids.length > 0) await boss.touch(queue, [...ids]);
    },
    async stop() {
      ready = false;
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}

/** Attempts are counted in the operation's row, so the queue itself never tries again: the sweep sends a new job. */
function settingsOf(kind: OperationKind) {
  return {
    retryLimit: 0,
    expireInSeconds: Math.min(kind.expireSeconds + 60, MOST_EXPIRY_SECONDS),
    heartbeatSeconds: Math.max(kind.heartbeatSeconds, LEAST_HEARTBEAT_SECONDS),
    deleteAfterSeconds: 3_600,
    notify: true,
  };
}

function differs(queue: object, settings: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(settings).some(([key, value]) => (queue as Record<string, unknown>)[key] !== value);
}
