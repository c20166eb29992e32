import type { Logger } from "pino";
import type { Events } from "./contract.ts";

/** Something of the database that every request needs: kept in memory, read anew whenever it was changed. */
export interface Followed<T> {
  /** As last read. */
  current(): T;
  /** What was committed before the call is in `current()` after it. @throws when the database can't be asked */
  refresh(): Promise<void>;
  /** Reads it, and follows it from then on. @throws when the database can't be asked */
  start(): Promise<void>;
  stop(): void;
}

interface FollowOptions<T> {
  readonly events: Pick<Events, "subscribe">;
  readonly log: Pick<Logger, "warn">;
  /** Published in the transaction of every change. */
  readonly type: string;
  readonly initial: T;
  readonly read: () => Promise<T>;
}

const tryAgainMs = 1_000;

/**
 * Follows a value by the events of its changes, whichever server made them: within the second in which events
 * arrive. While the database is away the last value stands.
 */
export function createFollowed<T>({ events, log, type, initial, read }: FollowOptions<T>): Followed<T> {
  let value = initial;
  let last: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: () => void = () => undefined;
  let stopped = false;

  /** One after another: an older answer never replaces a newer one. */
  function refresh(): Promise<void> {
    last = last
      .catch(() => undefined)
      .then(async () => {
        value = await read();
      });
    return last;
  }

  function follow(): void {
    clearTimeout(timer);
    refresh().catch((error: unknown) => {
      if (stopped) return;
      log.warn({ err: error, type }, "what was changed could not be read yet");
      timer = setTimeout(follow, tryAgainMs);
      timer.unref();
    });
  }

  function subscribe(): void {
    unsubscribe = events.subscribe({ types: [type], onGone: again }, follow);
  }

  /** The database was restored: nothing that was read before counts. */
  function again(): void {
    if (stopped) return;
    subscribe();
    follow();
  }

  return {
    current: () => value,
    refresh,
    start() {
      subscribe();
      return refresh();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
