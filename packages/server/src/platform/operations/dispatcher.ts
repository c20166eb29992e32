import type { ActiveRuns } from "./active-runs.ts";
import { claim } from "./claim.ts";
import type { OperationKind } from "./contract.ts";
import type { OperationDeps } from "./deps.ts";
import { queueName } from "./kinds.ts";

/** Hands one kind's operations to this process, as many at once as the kind allows. */
export interface Dispatcher {
  /** The kind's queue, and its queue on this node. */
  readonly queues: readonly string[];
  /** There may be a job in the queue. */
  wake(queue: string): void;
  /** Claims no more; resolves when a claim under way is done. */
  stop(): Promise<void>;
}

/** More in one claim makes the transaction long without making it faster. */
const MOST_PER_CLAIM = 50;
const RETRY_MS = 500;

interface Lane {
  readonly queue: string;
  /** Counts wake-ups: one that comes during a claim may be about a job that the claim did not see. */
  wakes: number;
  /** The queue may hold more than was taken. */
  wanted: boolean;
}

export function createDispatcher(deps: OperationDeps, runs: ActiveRuns, kind: OperationKind): Dispatcher {
  const queues = [queueName(kind.kind), queueName(kind.kind, deps.nodeId)];
  const lanes = queues.map((queue): Lane => ({ queue, wakes: 0, wanted: false }));
  let free = kind.concurrency;
  let stopped = false;
  let pumping: Promise<void> | null = null;
  let scheduled = false;
  let retry: NodeJS.Timeout | undefined;

  const claimFrom = async (lane: Lane) => {
    const limit = Math.min(free, MOST_PER_CLAIM);
    const wakes = lane.wakes;
    free -= limit;
    let used = 0;
    try {
      const { rows, fetched } = await claim(deps, lane.queue, kind, limit);
      used = rows.length;
      if (fetched < limit && wakes === lane.wakes) lane.wanted = false;
      for (const row of rows) void runs.run(row, kind).finally(slotFree);
    } finally {
      free += limit - used;
    }
  };

  const pump = async () => {
    for (;;) {
      const lane = lanes.find((each) => each.wanted);
      if (!lane || free === 0 || stopped) return;
      await claimFrom(lane);
    }
  };

  const start = () => {
    scheduled = false;
    if (pumping || stopped) return;
    pumping = pump()
      .catch((error) => {
        deps.log.warn({ err: error, kind: kind.kind }, "operations could not be claimed; trying again");
        retry = setTimeout(start, RETRY_MS);
      })
      .finally(() => {
        pumping = null;
      });
  };

  /** Endings come in batches: the slots of all of them are filled by one claim. */
  const slotFree = () => {
    free += 1;
    if (scheduled || !lanes.some((lane) => lane.wanted)) return;
    scheduled = true;
    setImmediate(start);
  };

  return {
    queues,
    wake(queue) {
      for (const lane of lanes) {
        if (lane.queue !== queue) continue;
        lane.wakes += 1;
        lane.wanted = true;
      }
      start();
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      await pumping;
    },
  };
}
