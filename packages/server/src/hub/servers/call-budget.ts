/** Time as the poller knows it; tests bring one that runs faster. */
export interface Clock {
  /** Milliseconds, never backwards. */
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface CallBudget {
  /** Returns once one more call fits into the last minute. @throws the signal's reason */
  take(signal: AbortSignal): Promise<void>;
  /** Calls that fit now without waiting. */
  left(): number;
}

const MINUTE_MS = 60_000;

/** So many calls in any sixty seconds, and no more. */
export function createCallBudget(most: number, clock: Clock): CallBudget {
  /** When the last ones were made, oldest first. */
  let made: number[] = [];
  const forget = () => {
    const since = clock.now() - MINUTE_MS;
    made = made.filter((at) => at > since);
  };
  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        forget();
        const [oldest] = made;
        if (made.length < most || oldest === undefined) break;
        await clock.sleep(oldest + MINUTE_MS - clock.now() + 1, signal);
      }
      made.push(clock.now());
    },
    left() {
      forget();
      return most - made.length;
    },
  };
}
