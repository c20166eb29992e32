import type { Buckets } from "./limit-bucket.ts";

/** Milliseconds: other processes may empty a bucket meanwhile. */
const rememberedMs = 1_000;

interface Refusal {
  /** When there is one left again. */
  readonly untilMs: number;
  readonly knownUntilMs: number;
}

/**
 * Spares the buckets behind it a flood: for each key one asks at a time, and who waits behind a refusal hears the
 * same. A thousand tries at one account cost as many questions as it lets through, and nobody else's wait behind them.
 * @param capacity refusals remembered at most; the oldest are forgotten
 */
export function rememberRefusals(
  buckets: Buckets,
  { capacity = 10_000, now = Date.now }: { readonly capacity?: number; readonly now?: () => number } = {},
): Buckets {
  const refusals = new Map<string, Refusal>();
  const asking = new Map<string, Promise<unknown>>();

  /** @returns seconds, null: not known */
  function remembered(key: string): number | null {
    const refusal = refusals.get(key);
    if (refusal === undefined) return null;
    const at = now();
    if (at < refusal.knownUntilMs && at < refusal.untilMs) return (refusal.untilMs - at) / 1000;
    refusals.delete(key);
    return null;
  }

  function remember(key: string, waitSeconds: number): void {
    const at = now();
    refusals.set(key, { untilMs: at + waitSeconds * 1000, knownUntilMs: at + rememberedMs });
    if (refusals.size <= capacity) return;
    const [oldest] = refusals.keys();
    if (oldest !== undefined) refusals.delete(oldest);
  }

  return {
    async take(key, limit) {
      for (let before = asking.get(key); before !== undefined; before = asking.get(key)) await before;
      const known = remembered(key);
      if (known !== null) return known;
      const answer = buckets.take(key, limit);
      const over = answer.then(
        (wait) => {
          asking.delete(key);
          if (wait > 0) remember(key, wait);
        },
        () => asking.delete(key),
      );
      asking.set(key, over);
      return await answer;
    },
    async giveBack(key, limit) {
      await buckets.giveBack(key, limit);
      refusals.delete(key);
    },
    async forget(key) {
      await buckets.forget(key);
      refusals.delete(key);
    },
  };
}
