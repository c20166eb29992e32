/** Lets only so many things run at a time; the others wait in order. */
export interface Lane {
  /** @throws the signal's reason when it is aborted while waiting */
  enter<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** A lane for so many at a time. */
export function createLane(width: number): Lane {
  const waiting: (() => void)[] = [];
  let free = width;

  function take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(go);
    });
  }

  return {
    async enter(work, signal) {
      await take(signal);
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
