import { setTimeout as delay } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import { StoaError } from "../errors/stoa-error.ts";
import type { StoredEvent } from "./contract.ts";
import { type Place, parseCursor } from "./cursor.ts";
import { type NumberedEvent, readEvents, readHorizon } from "./outbox.ts";
import type { EventTables } from "./tables.ts";

export interface SubscribeOptions {
  readonly after?: string;
  readonly types?: readonly string[];
  readonly onGone?: () => void;
}

interface Subscription {
  readonly types: ReadonlySet<string> | null;
  onEvent(event: StoredEvent): void;
  readonly onGone: (() => void) | null;
  /** Everything up to here was handed over (or is older than the subscription). */
  seen: number;
  /** False while it still reads what came before. */
  live: boolean;
}

export interface Subscriptions {
  add(options: SubscribeOptions, onEvent: (event: StoredEvent) => void): () => void;
  deliver(events: readonly NumberedEvent[]): void;
  reset(): void;
}

const BATCH = 500;
const RETRY_MS = 500;

/** Who wants events in this process. `place` says how far the feed has read. */
export function createSubscriptions(options: {
  db: Kysely<EventTables>;
  log: Logger;
  place: () => Place | null;
}): Subscriptions {
  const { db, log } = options;
  const all = new Set<Subscription>();

  const hand = (subscription: Subscription, event: NumberedEvent) => {
    if (event.id <= subscription.seen) return;
    subscription.seen = event.id;
    if (subscription.types && !subscription.types.has(event.type)) return;
    try {
      subscription.onEvent(event);
    } catch (error) {
      log.error({ err: error, type: event.type }, "a subscriber failed on an event");
    }
  };

  const end = (subscription: Subscription) => {
    if (all.delete(subscription)) subscription.onGone?.();
  };

  /** Reads what the subscription missed until it has overtaken the feed, which then carries it. */
  const catchUp = async (subscription: Subscription, from: Place) => {
    let current = from;
    while (all.has(subscription)) {
      const horizon = await readHorizon(db);
      const events = await readEvents(db, current, horizon, BATCH);
      for (const event of events) if (all.has(subscription)) hand(subscription, event);
      const last = events.length < BATCH ? horizon.horizon : (events.at(-1)?.id ?? 0);
      current = { epoch: current.epoch, id: Math.max(current.id, last) };
      if (events.length === BATCH) continue;
      const feed = options.place();
      // No await between this look and `live`: the feed cannot move on in between.
      if (feed && feed.epoch === current.epoch && feed.id <= current.id) {
        subscription.live = true;
        return;
      }
      if (!feed) await delay(RETRY_MS);
    }
  };

  const keepCatchingUp = async (subscription: Subscription, after: string) => {
    const from = (): Place => ({ ...parseCursor(after), id: Math.max(parseCursor(after).id, subscription.seen) });
    while (all.has(subscription)) {
      try {
        return await catchUp(subscription, from());
      } catch (error) {
        if (error instanceof StoaError && error.code === "gone") return end(subscription);
        log.warn({ err: error }, "missed events could not be read; trying again");
        await delay(RETRY_MS);
      }
    }
  };

  return {
    add({ after, types, onGone }, onEvent) {
      const subscription: Subscription = {
        types: types ? new Set(types) : null,
        onEvent,
        onGone: onGone ?? null,
        seen: 0,
        live: after === undefined,
      };
      all.add(subscription);
      if (after !== undefined) void keepCatchingUp(subscription, after);
      return () => void all.delete(subscription);
    },
    deliver(events) {
      for (const event of events) {
        for (const subscription of all) if (subscription.live) hand(subscription, event);
      }
    },
    reset() {
      for (const subscription of [...all]) {
        subscription.seen = 0;
        // Who can't be told goes on with what comes now.
        if (subscription.onGone) end(subscription);
      }
    },
  };
}
