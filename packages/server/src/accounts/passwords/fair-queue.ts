import { StoaError } from "../../platform/errors/stoa-error.ts";

export interface FairQueueLimits {
  /** Running at the same time. */
  readonly atOnce: number;
  /** Waiting in one lane; more are refused with `rate_limited`. */
  readonly perLane: number;
  /** Waiting in all lanes; more are refused with `unavailable`. */
  readonly inAll: number;
}

export interface FairQueue {
  /** Runs the work when it is its turn. Lanes take turns, so a flood in one only waits behind itself. */
  run<T>(lane: string, work: () => Promise<T>): Promise<T>;
  readonly waiting: number;
}

/** A bounded queue in which each lane (a network) gets its turn. */
export function createFairQueue(limits: FairQueueLimits): FairQueue {
  // A Map keeps insertion order: the lane at the front is served and goes to the back.
  const lanes = new Map<string, (() => void)[]>();
  let running = 0;
  let waiting = 0;

  function wait(lane: string): Promise<void> {
    const queue = lanes.get(lane) ?? [];
    if (queue.length >= limits.perLane) throw new StoaError("rate_limited", { details: { seconds: 2 } });
    if (waiting >= limits.inAll) throw new StoaError("unavailable", { details: { what: "Sign-in" } });
    waiting++;
    lanes.set(lane, queue);
    return new Promise((resolve) => queue.push(resolve));
  }

  function release(): void {
    const next = lanes.entries().next().value;
    if (!next) {
      running--;
      return;
    }
    const [lane, queue] = next;
    const resume = queue.shift();
    lanes.delete(lane);
    if (queue.length > 0) lanes.set(lane, queue);
    waiting--;
    // The place goes over from the one that ended to this one: `running` stays as it is.
    resume?.();
  }

  return {
    async run(lane, work) {
      if (running >= limits.atOnce) await wait(lane);
      else running++;
      try {
        return await work();
      } finally {
        release();
      }
    },
    get waiting() {
      return waiting;
    },
  };
}
