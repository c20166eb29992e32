import pg from "pg";
import type { Logger } from "pino";

export interface Listener {
  /** True while notifications arrive. */
  readonly up: boolean;
  /**
   * Calls back on each NOTIFY on the channel, and `onUp` whenever the connection is (again) there:
   * what was sent meanwhile is lost, so look for yourself.
   * @returns stops listening on it.
   */
  listen(channel: string, onNotify: (payload: string) => void, onUp: () => void): () => void;
  start(): void;
  stop(): Promise<void>;
}

interface Subscriber {
  readonly channel: string;
  onNotify(payload: string): void;
  onUp(): void;
}

/** A connection that nobody has heard of for so long is tried. */
const CHECK_EVERY_MS = 10_000;
const CHECK_TIMEOUT_MS = 4_000;
const RETRY_MS = { first: 100, most: 5_000 };

/**
 * The process's one LISTEN connection, past any pooler, for all channels. It checks itself, reconnects with
 * a growing delay, and never throws: whoever listens has a poll as backstop.
 */
export function createListener(options: { directUrl: string; log: Logger }): Listener {
  const subscribers = new Set<Subscriber>();
  let client: pg.Client | null = null;
  let up = false;
  let stopped = true;
  let delay = RETRY_MS.first;
  let timer: NodeJS.Timeout | undefined;

  const lose = (lost: pg.Client, error: Error | null) => {
    if (client !== lost) return;
    client = null;
    clearTimeout(timer);
    lost.end().catch(() => undefined);
    if (up) options.log.warn({ err: error }, "the LISTEN connection was lost; polling until it is back");
    up = false;
    if (stopped) return;
    timer = setTimeout(connect, delay);
    delay = Math.min(delay * 2, RETRY_MS.most);
  };

  const connect = () => {
    const next = new pg.Client({
      connectionString: options.directUrl,
      application_name: "stoa/listen",
      keepAlive: true,
      connectionTimeoutMillis: CHECK_TIMEOUT_MS,
      query_timeout: CHECK_TIMEOUT_MS,
    });
    client = next;
    next.on("error", (error) => lose(next, error));
    next.on("end", () => lose(next, null));
    next.on("notification", ({ channel, payload }) => {
      for (const subscriber of subscribers) if (subscriber.channel === channel) subscriber.onNotify(payload ?? "");
    });
    open(next).catch((error) => lose(next, error));
  };

  const open = async (next: pg.Client) => {
    await next.connect();
    for (const channel of channels()) await next.query(`listen ${next.escapeIdentifier(channel)}`);
    if (client !== next) return;
    up = true;
    delay = RETRY_MS.first;
    check(next);
    for (const subscriber of subscribers) subscriber.onUp();
  };

  const check = (current: pg.Client) => {
    timer = setTimeout(() => {
      current.query("select 1").then(
        () => client === current && check(current),
        (error) => lose(current, error),
      );
    }, CHECK_EVERY_MS);
  };

  const channels = () => new Set([...subscribers].map((subscriber) => subscriber.channel));

  return {
    get up() {
      return up;
    },
    listen(channel, onNotify, onUp) {
      const subscriber = { channel, onNotify, onUp };
      const known = channels().has(channel);
      subscribers.add(subscriber);
      const current = client;
      if (up && current && !known) {
        current.query(`listen ${current.escapeIdentifier(channel)}`).then(onUp, (error) => lose(current, error));
      } else if (up) {
        onUp();
      }
      return () => void subscribers.delete(subscriber);
    },
    start() {
      if (!stopped) return;
      stopped = false;
      connect();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      up = false;
      await last?.end().catch(() => undefined);
    },
  };
}
