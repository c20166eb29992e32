import { sql } from "kysely";
import type { Db } from "../database/database.ts";

/** So many at once, refilled evenly over the time: `{ burst: 10, seconds: 300 }` is ten, then one each 30 s. */
export interface Limit {
  readonly burst: number;
  readonly seconds: number;
}

/** Buckets by key, by the generic cell rate algorithm: one number each, the time when it is empty again. */
export interface Buckets {
  /** Takes one. @returns 0, or the seconds until there is one again; a refusal takes nothing. */
  take(key: string, limit: Limit): Promise<number>;
  /** Gives one back: the try was no mistake. */
  giveBack(key: string, limit: Limit): Promise<void>;
  /** Empties it. */
  forget(key: string): Promise<void>;
}

/** In the database, by its clock: all processes count together. One statement an attempt; a refused one writes nothing. */
export function createSharedBuckets(db: Db): Buckets {
  return {
    async take(key, { burst, seconds }) {
      const step = seconds / burst;
      // A refused one reads the row as it was when the statement began, before the takes it lost to: by that
      // reading there may be one left, so a refusal is never less than a second.
      const { rows } = await sql<{ wait: number }>`
        with taken as (
          insert into rate_limits as r (key, empty_at)
          values (${key}, clock_timestamp() + make_interval(secs => ${step}))
          on conflict (key) do update
            set empty_at = greatest(r.empty_at, clock_timestamp()) + make_interval(secs => ${step})
            where greatest(r.empty_at, clock_timestamp()) + make_interval(secs => ${step})
              <= clock_timestamp() + make_interval(secs => ${seconds})
          returning 0 as wait
        )
        select wait::float8 from taken
        union all
        select greatest(extract(epoch from empty_at - clock_timestamp())::float8 + ${step}::float8 - ${seconds}::float8, 1)
        from rate_limits where key = ${key} and not exists (select from taken)
        limit 1`.execute(db);
      // No row: another process made the bucket at this very moment, and it refused us.
      return rows[0]?.wait ?? step;
    },
    async giveBack(key, { burst, seconds }) {
      const step = seconds / burst;
      await sql`update rate_limits set empty_at = empty_at - make_interval(secs => ${step}) where key = ${key}`.execute(
        db,
      );
    },
    async forget(key) {
      await sql`delete from rate_limits where key = ${key}`.execute(db);
    },
  };
}

/** Removes buckets that are empty: they say nothing any more. */
export async function sweepBuckets(db: Db): Promise<void> {
  await sql`delete from rate_limits where empty_at < now() - interval '1 minute'`.execute(db);
}

export interface LocalBuckets extends Buckets {
  /** `take` without a promise, for what every request passes. */
  takeNow(key: string, limit: Limit): number;
}

/**
 * In this process alone.
 * @param capacity keys at most: a flood of addresses must not fill the memory; the oldest are forgotten
 */
export function createLocalBuckets(capacity = 50_000, now: () => number = Date.now): LocalBuckets {
  const emptyAt = new Map<string, number>();

  function takeNow(key: string, { burst, seconds }: Limit): number {
    const at = now();
    const known = emptyAt.get(key);
    const next = Math.max(known ?? at, at) + (seconds * 1000) / burst;
    if (next > at + seconds * 1000) return (next - at) / 1000 - seconds;
    if (known === undefined && emptyAt.size >= capacity) makeRoom();
    emptyAt.set(key, next);
    return 0;
  }

  function makeRoom(): void {
    const at = now();
    for (const [key, empty] of emptyAt) if (empty <= at) emptyAt.delete(key);
    for (const key of emptyAt.keys()) {
      if (emptyAt.size < capacity * 0.9) break;
      emptyAt.delete(key);
    }
  }

  return {
    takeNow,
    take: async (key, limit) => takeNow(key, limit),
    async giveBack(key, { burst, seconds }) {
      const known = emptyAt.get(key);
      if (known !== undefined) emptyAt.set(key, known - (seconds * 1000) / burst);
    },
    async forget(key) {
      emptyAt.delete(key);
    },
  };
}
