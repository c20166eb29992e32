import { type QuotaOutcome, setQuotas } from "../../api/storage.ts";

/** Ids that one call takes: few enough that its progress is seen. */
const atOnce = 100;

/**
 * One quota for many, some at a time; each is set or not by itself.
 * @param told how many are through so far
 * @param set the call that sets some
 * @throws what a call throws; those before it are set
 */
export async function setMany(
  ids: readonly number[],
  quota: number,
  told: (done: number) => void = () => {},
  set: typeof setQuotas = setQuotas,
): Promise<QuotaOutcome[]> {
  const outcomes: QuotaOutcome[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const { items } = await set(ids.slice(from, from + atOnce), quota);
    outcomes.push(...items);
    told(outcomes.length);
  }
  return outcomes;
}

interface Before {
  readonly id: number;
  readonly quota: number;
}

/** The way back: which had which quota, as few calls as there were quotas. */
export function byQuota(before: readonly Before[]): ReadonlyMap<number, readonly number[]> {
  const groups = Map.groupBy(before, ({ quota }) => quota);
  return new Map([...groups].map(([quota, some]) => [quota, some.map(({ id }) => id)]));
}
