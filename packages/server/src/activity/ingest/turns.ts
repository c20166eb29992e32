import { BulkheadRejectedError, bulkhead } from "cockatiel";
import { StoaError } from "../../platform/errors/stoa-error.ts";

/** One at a time of each person, and so many of all: before a connection to the database is taken. */
export interface Turns {
  /** @throws StoaError rate_limited when too much of this person's waits, unavailable when too much of everybody's does */
  run<T>(accountId: number, work: () => Promise<T>): Promise<T>;
}

export interface TurnsOptions {
  readonly atOnce: number;
  /** For one of these places. */
  readonly waiting: number;
  /** Of one person, behind the one that is at work. */
  readonly waitingOfOne: number;
}

/** What a person sends waits for their row of figures: outside it costs nobody else a connection. */
const WAITING_OF_ONE = 4;
/** Each may hold a batch of 8 MiB. */
const WAITING = 100;

/** @param poolSize connections of this process: more than half of them stay for everything else */
export function turnsBeside(poolSize: number): Turns {
  const atOnce = Math.max(1, Math.min(8, Math.floor(poolSize * 0.4)));
  return createTurns({ atOnce, waiting: WAITING, waitingOfOne: WAITING_OF_ONE });
}

export function createTurns({ atOnce, waiting, waitingOfOne }: TurnsOptions): Turns {
  const room = bulkhead(atOnce, waiting);
  const lines = new Map<number, Line>();

  async function inRoom<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await room.execute(work);
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new StoaError("unavailable", { details: { what: "The activity log", seconds: 5 }, cause: error });
    }
  }

  return {
    async run(accountId, work) {
      const line = lines.get(accountId) ?? { count: 0, last: Promise.resolve() };
      if (line.count > waitingOfOne) throw new StoaError("rate_limited", { details: { seconds: 2 } });
      lines.set(accountId, line);
      const before = line.last;
      const mine = Promise.withResolvers<void>();
      line.count += 1;
      line.last = mine.promise;
      await before;
      try {
        return await inRoom(work);
      } finally {
        line.count -= 1;
        if (line.count === 0) lines.delete(accountId);
        mine.resolve();
      }
    },
  };
}

interface Line {
  count: number;
  /** The one that came last is over; never rejects. */
  last: Promise<void>;
}
