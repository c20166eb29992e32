/** A replayable source of chance (mulberry32: 32 bits of state, good enough to pick moments and sizes). */
export interface SeededRandom {
  /** 0 ≤ x < 1. */
  next(): number;
  /** low ≤ n ≤ high, whole. */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  /** A stream of its own, so that parallel actors don't disturb one another's draws. */
  fork(): SeededRandom;
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (from) => from[between(0, from.length - 1)] as (typeof from)[number],
    fork: () => seededRandom(Math.floor(next() * 4_294_967_296)),
  };
}
