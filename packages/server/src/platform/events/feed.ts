import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Place } from "./cursor.ts";
import { type Horizon, type NumberedEvent, readEvents, readHorizon } from "./outbox.ts";
import type { EventTables } from "./tables.ts";

/** Reads the outbox once per process, in order, and hands it to whoever is there. */
export interface Feed {
  /** How far this process has read; null before the first read. */
  readonly place: Place | null;
  /** Ms since the epoch of the last read that worked. */
  readonly lastReadAt: number;
  /** There may be something new. */
  wake(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface FeedOptions {
  readonly db: Kysely<EventTables>;
  readonly log: Logger;
  onEvents(events: readonly NumberedEvent[]): void;
  /** Milliseconds between two reads that nobody asked for. */
  readonly pollMs?: number | undefined;
  /** The place is gone (a restored database, or this process slept past the retention): it goes on from now. */
  onReset(): void;
}

/**
 * Also while the LISTEN connection is up: a silently dead one is found by its own check only after seconds,
 * and a revocation must be everywhere within one. It costs one query of a fraction of a millisecond.
 */
const POLL_MS = 500;
const BATCH = 500;

export function createFeed(options: FeedOptions): Feed {
  let place: Place | null = null;
  let lastReadAt = 0;
  let stopped = true;
  let again = false;
  let reading: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const read = async () => {
    const horizon = await readHorizon(options.db);
    lastReadAt = Date.now();
    if (!place) place = placeNow(horizon);
    else if (isGone(place, horizon)) {
      options.log.warn({ place, horizon }, "the place in the outbox is gone; going on from its end");
      place = placeNow(horizon);
      options.onReset();
    } else {
      await readUpTo(place, horizon);
    }
  };

  const readUpTo = async (from: Place, horizon: Horizon) => {
    let current = from;
    while (current.id < horizon.horizon && !stopped) {
      const events = await readEvents(options.db, current, horizon, BATCH);
      const last = events.length < BATCH ? horizon.horizon : (events.at(-1)?.id ?? horizon.horizon);
      current = { epoch: current.epoch, id: last };
      place = current;
      if (events.length > 0) options.onEvents(events);
    }
  };

  const loop = async () => {
    do {
      again = false;
      await read().catch((error) => options.log.warn({ err: error }, "the outbox could not be read; trying again"));
    } while (again && !stopped);
  };

  const wake = () => {
    again = true;
    if (reading || stopped) return;
    clearTimeout(timer);
    reading = loop().finally(() => {
      reading = null;
      if (!stopped) timer = setTimeout(wake, options.pollMs ?? POLL_MS);
    });
  };

  return {
    get place() {
      return place;
    },
    get lastReadAt() {
      return lastReadAt;
    },
    wake,
    async start() {
      if (!stopped) return;
      stopped = false;
      place = placeNow(await readHorizon(options.db));
      lastReadAt = Date.now();
      wake();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await reading;
    },
  };
}

function placeNow(horizon: Horizon): Place {
  return { epoch: horizon.epoch, id: horizon.horizon };
}

/** An id above the newest given out: the database went back in time under the same epoch. */
function isGone(place: Place, horizon: Horizon): boolean {
  return place.epoch !== horizon.epoch || place.id < horizon.thinnedTo || place.id > horizon.newest;
}
