export interface Throttle {
  set(percent: number | null, message: string | null): Promise<void>;
  /** Drops what was not written yet, and waits for a write under way. */
  close(): Promise<void>;
}

/** People see a change twice a second at most; handlers may report each file. */
const EVERY_MS = 500;

/**
 * The first report goes out at once, later ones at most every half second, the newest winning. A failed
 * write is thrown by the next report.
 */
export function createThrottle(
  write: (percent: number | null, message: string | null) => Promise<void>,
  everyMs: number = EVERY_MS,
): Throttle {
  let pending: readonly [number | null, string | null] | null = null;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let lastAt = Number.NEGATIVE_INFINITY;
  let failure: { readonly error: unknown } | null = null;

  const flush = () => {
    timer = undefined;
    if (!pending) return;
    const [percent, message] = pending;
    pending = null;
    lastAt = performance.now();
    writing = write(percent, message).catch((error) => {
      failure = { error };
    });
  };

  return {
    async set(percent, message) {
      if (failure) throw failure.error;
      pending = [percent, message];
      if (timer) return;
      const wait = lastAt + everyMs - performance.now();
      if (wait > 0) {
        timer = setTimeout(flush, wait);
        return;
      }
      flush();
      await writing;
      if (failure) throw (failure as { error: unknown }).error;
    },
    async close() {
      clearTimeout(timer);
      pending = null;
      await writing;
    },
  };
}
