import type { Logger } from "pino";

/** Has some counted anew, together with whoever else is wanted at about the same time. */
export interface RecountSoon {
  want(subjectId: number): void;
  stop(): void;
}

/** From the wish to the count, so that what comes in a burst is one; and between two counts. */
const FIRST_MS = 200;
const BETWEEN_MS = 5_000;

/**
 * Counting asks the whole back end, and anybody can bring it about by uploads that are refused: however often it is
 * wanted, it happens once in five seconds.
 */
export function createRecountSoon(recount: (ids: readonly number[]) => Promise<void>, log: Logger): RecountSoon {
  const wanted = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let stopped = false;

  function schedule(): void {
    if (timer !== undefined || stopped || wanted.size === 0) return;
    const after = Math.max(FIRST_MS, last + BETWEEN_MS - performance.now());
    timer = setTimeout(() => void flush(), after).unref();
  }

  async function flush(): Promise<void> {
    const ids = [...wanted];
    wanted.clear();
    last = performance.now();
    await recount(ids).catch((error: unknown) => {
      log.warn({ err: error, subjects: ids.slice(0, 20) }, "what somebody uses could not be counted anew yet");
    });
    timer = undefined;
    schedule();
  }

  return {
    want(subjectId) {
      wanted.add(subjectId);
      schedule();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
