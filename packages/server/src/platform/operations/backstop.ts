import { sql } from "kysely";
import type { OperationDeps } from "./deps.ts";
import { sweep } from "./sweep.ts";

export interface BackstopTimes {
  /** Milliseconds between looks for due operations while notifications arrive, and while they don't. */
  readonly listeningMs: number;
  readonly deafMs: number;
  /** Milliseconds between sweeps. */
  readonly sweepMs: number;
}

export interface Backstop {
  start(): void;
  /** Looks now. */
  look(): void;
  /** Something becomes due then: looks in time. */
  expect(at: Date): void;
  stop(): Promise<void>;
}

const LEAST_WAIT_MS = 5;

/**
 * What no notification tells: operations that become due (retries, `startAfter`), jobs whose notification was
 * lost, rows that nobody works on.
 */
export function createBackstop(
  deps: OperationDeps,
  queues: () => readonly string[],
  wake: (queue: string) => void,
  times: BackstopTimes,
): Backstop {
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;
  /** Of the next look, ms since the epoch. */
  let nextAt = 0;
  let sweepTimer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let sweeping: Promise<unknown> = Promise.resolve();

  const look = () => {
    clearTimeout(timer);
    const most = deps.events.listening ? times.listeningMs : times.deafMs;
    looking = lookOnce(deps, queues(), wake)
      .catch((error) => {
        deps.log.warn({ err: error }, "due operations could not be looked for; trying again");
        return null;
      })
      .then((nextMs) => {
        if (!stopped) lookIn(Math.min(most, nextMs ?? most));
      });
  };

  const lookIn = (ms: number) => {
    clearTimeout(timer);
    const wait = Math.max(LEAST_WAIT_MS, ms);
    nextAt = Date.now() + wait;
    timer = setTimeout(look, wait);
  };

  const sweepAgain = () => {
    sweeping = sweep(deps)
      .then((swept) => {
        if (swept?.count) deps.log.info({ count: swept.count }, "operations that nobody worked on were put back");
        return swept?.more === true;
      })
      .catch((error) => {
        deps.log.warn({ err: error }, "operations could not be swept; trying again");
        return false;
      })
      .then((more) => {
        if (!stopped) sweepTimer = setTimeout(sweepAgain, more ? 0 : times.sweepMs * (0.75 + Math.random() / 2));
      });
  };

  return {
    start() {
      stopped = false;
      look();
      sweepAgain();
    },
    look() {
      if (!stopped) look();
    },
    expect(at) {
      if (!stopped && at.getTime() > Date.now() && at.getTime() < nextAt) lookIn(at.getTime() - Date.now());
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(sweepTimer);
      await Promise.all([looking, sweeping]);
    },
  };
}

/** Wakes the queues with something due. @returns ms until the next becomes due, null when none is known. */
async function lookOnce(
  deps: OperationDeps,
  queues: readonly string[],
  wake: (queue: string) => void,
): Promise<number | null> {
  const { rows } = await sql<{ queue: string; wait_ms: number }>`
    select q.queue, extract(epoch from first.not_before - clock_timestamp())::float8 * 1000 as wait_ms
    from unnest(${[...queues]}::text[]) as q (queue)
    cross join lateral (
      select min(not_before) as not_before from operations o where o.state = 'queued' and o.queue = q.queue
    ) first
    where first.not_before is not null`.execute(deps.db);
  for (const row of rows) if (row.wait_ms <= 0) wake(row.queue);
  const later = rows.map((row) => row.wait_ms).filter((wait) => wait > 0);
  return later.length > 0 ? Math.min(...later) : null;
}
