import { useSyncExternalStore } from "react";

/** One timer for all that shows time on a page. */
function makeClock(everyMs: number) {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    subscribe(listener: () => void) {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, everyMs);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    now: () => now,
  };
}

const slow = makeClock(20_000);
const fast = makeClock(1_000);

/** Milliseconds since the epoch, renewed every 20 s; every second when `exact`. */
export function useNow(exact = false): number {
  const clock = exact ? fast : slow;
  return useSyncExternalStore(clock.subscribe, clock.now);
}
