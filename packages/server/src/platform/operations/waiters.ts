import type { Operation } from "./contract.ts";
import { hasEnded } from "./rows.ts";

export interface Waiters {
  wait(id: string, timeoutMs: number): Promise<Operation>;
  /** From an `operation.changed` event. */
  ended(id: string): void;
  stop(): void;
}

/** Whoever waits for an operation's end, in whatever process it runs. `read` throws when there is none. */
export function createWaiters(read: (id: string) => Promise<Operation>): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  const wake = (id: string) => {
    for (const resolve of waiting.get(id) ?? []) resolve();
  };

  const untilEnded = (id: string, timeoutMs: number) => {
    let resolve: () => void = () => undefined;
    const ended = new Promise<void>((done) => {
      resolve = done;
    });
    const timer = setTimeout(resolve, timeoutMs);
    const all = waiting.get(id) ?? new Set();
    waiting.set(id, all.add(resolve));
    const forget = () => {
      clearTimeout(timer);
      all.delete(resolve);
      if (all.size === 0) waiting.delete(id);
    };
    return { ended, forget };
  };

  return {
    async wait(id, timeoutMs) {
      // Listening first, then looking: an end in between is heard.
      const { ended, forget } = untilEnded(id, timeoutMs);
      try {
        const now = await read(id);
        if (hasEnded(now.state)) return now;
        await ended;
        return await read(id);
      } finally {
        forget();
      }
    },
    ended: wake,
    stop() {
      for (const id of [...waiting.keys()]) wake(id);
    },
  };
}
