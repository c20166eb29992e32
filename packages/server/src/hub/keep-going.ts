import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";

export interface KeptGoing {
  start(): void;
  /** The next round comes at once. */
  wake(): void;
  /** After the round that is under way. */
  stop(): Promise<void>;
}

/** Work that is done again and again until the server stops; what fails is logged, and tried in the next round. */
export function keepGoing(
  work: (signal: AbortSignal) => Promise<unknown>,
  { everyMs, what, log }: { readonly everyMs: number | (() => number); readonly what: string; readonly log: Logger },
): KeptGoing {
  const stopping = new AbortController();
  const { signal } = stopping;
  let woken = Promise.withResolvers<void>();
  let going: Promise<void> = Promise.resolve();

  async function go(): Promise<void> {
    while (!signal.aborted) {
      // Woken from here on, what there is to do may be newer than this round has seen.
      woken = Promise.withResolvers();
      await work(signal).catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, `${what} could not be done now; it is tried again`);
      });
      await Promise.race([woken.promise, pause()]);
    }
  }

  async function pause(): Promise<void> {
    const ms = typeof everyMs === "number" ? everyMs : everyMs();
    await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }

  return {
    start() {
      going = go();
    },
    wake: () => woken.resolve(),
    async stop() {
      stopping.abort();
      await going;
    },
  };
}
