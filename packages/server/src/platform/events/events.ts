import { Kysely, PostgresDialect, type Transaction } from "kysely";
import type { Logger } from "pino";
import { Gauge, type Registry } from "prom-client";
import { createPool } from "../database/pool.ts";
import type { Events, NewEvent } from "./contract.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { createFeed } from "./feed.ts";
import { createListener, type Listener } from "./listener.ts";
import { appendEvents, readEvents, readHorizon } from "./outbox.ts";
import { thinEvents } from "./retention.ts";
import { createSubscriptions } from "./subscriptions.ts";
import type { EventTables } from "./tables.ts";

/** The name that the trigger on `events` notifies. */
const CHANNEL = "stoa_events";
/** Without a read for so long, caches must not rely on being told. */
const DEAF_AFTER_MS = 3_000;
const THIN_EVERY_MS = 60 * 60 * 1_000;

export interface EventsOptions {
  readonly db: Kysely<EventTables>;
  /** Past any pooler: LISTEN needs a session of its own. */
  readonly directUrl: string;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** Days that events are kept; 7 when left out. */
  readonly retentionDays?: number;
  /** Milliseconds between two reads that no NOTIFY asked for; 500 when left out. */
  readonly pollMs?: number;
}

export interface EventsService extends Events {
  /** The process's LISTEN connection, for the queue too. */
  readonly listener: Listener;
  /** Several events in one statement. */
  publishAll(trx: Transaction<EventTables>, events: readonly NewEvent[]): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createEvents(options: EventsOptions): EventsService {
  const { db, log } = options;
  const listener = createListener({ directUrl: options.directUrl, log });
  const subscriptions = createSubscriptions({ db, log, place: () => feed.place });
  const own = openOwnConnection(options);
  const feed = createFeed({
    db: own,
    log,
    pollMs: options.pollMs,
    onEvents: subscriptions.deliver,
    onReset: subscriptions.reset,
  });
  const listening = () => listener.up && Date.now() - feed.lastReadAt < DEAF_AFTER_MS;
  const thinning = createThinning(options);
  measure(options.metrics, listening);
  listener.listen(CHANNEL, feed.wake, feed.wake);

  return {
    listener,
    get listening() {
      return listening();
    },
    publish: (trx, event) => appendEvents(trx, [event]),
    publishAll: appendEvents,
    subscribe: subscriptions.add,
    async head() {
      const { epoch, horizon } = await readHorizon(db);
      return formatCursor({ epoch, id: horizon });
    },
    async since(cursor, limit) {
      const place = parseCursor(cursor);
      return readEvents(db, place, await readHorizon(db), limit);
    },
    async start() {
      listener.start();
      await feed.start();
      thinning.start();
    },
    async stop() {
      thinning.stop();
      await feed.stop();
      await listener.stop();
      await own.destroy();
    },
  };
}

/** Revocations come this way: they must not queue behind requests and operations for a connection of the pool. */
function openOwnConnection({ directUrl, log }: EventsOptions): Kysely<EventTables> {
  const pool = createPool({
    url: directUrl,
    size: 1,
    applicationName: "stoa/events",
    onIdleError: (error) => log.warn({ err: error }, "the connection that reads events was lost"),
  });
  return new Kysely<EventTables>({ dialect: new PostgresDialect({ pool }) });
}

function createThinning({ db, log, retentionDays = 7 }: EventsOptions): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const thin = () =>
    void thinEvents(db, retentionDays).catch((error) => log.warn({ err: error }, "old events could not be thinned"));
  return {
    start() {
      timer = setInterval(thin, THIN_EVERY_MS).unref();
    },
    stop: () => clearInterval(timer),
  };
}

function measure(metrics: Registry | undefined, listening: () => boolean): void {
  if (!metrics) return;
  new Gauge({
    name: "stoa_events_listening",
    help: "1 while this process is told of events at once, 0 while it polls",
    registers: [metrics],
    collect() {
      this.set(listening() ? 1 : 0);
    },
  });
}
