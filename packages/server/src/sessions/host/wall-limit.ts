/** How long a program may run, by a clock that nobody sets: a machine whose time is corrected ends nothing early. */
export interface WallLimit {
  /** Seconds since `start`; null: as long as it likes. */
  readonly seconds: number | null;
  /** From now on it counts. */
  start(): void;
  /** Another limit, also counted since `start`. One that is over already ends it at once. */
  set(seconds: number | null): void;
  stop(): void;
}

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 86_400_000;

/** @param onOver called once; not after `stop` */
export function createWallLimit(first: number | null, onOver: (message: string) => void): WallLimit {
  let seconds = first;
  let startedAt: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const wait = (): void => {
    clearTimeout(timer);
    if (stopped || startedAt === null || seconds === null) return;
    const left = seconds * 1000 - (performance.now() - startedAt);
    if (left > 0) {
      timer = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
      return;
    }
    stopped = true;
    onOver(reachedAfter(seconds));
  };

  return {
    get seconds() {
      return seconds;
    },
    start() {
      startedAt ??= performance.now();
      wait();
    },
    set(next) {
      seconds = next;
      wait();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function reachedAfter(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return `It reached its time limit of ${minutes === 0 ? `${seconds} seconds` : `${minutes} minutes`}.`;
}
