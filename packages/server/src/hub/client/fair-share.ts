import { BulkheadRejectedError, bulkhead } from "cockatiel";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { HubClient } from "./contract.ts";

/** Of one account's requests, at the hub at once; all have one queue to it together. */
const AT_ONCE = 3;
/** Behind these: tabs that ask at the same time. */
const WAITING = 20;

type Share = ReturnType<typeof bulkhead>;
const shares = new WeakMap<HubClient, Map<number, Share>>();

/**
 * What one request asks the hub for, while that person's others leave it room: nobody holds all places that lead there.
 * @throws StoaError rate_limited when too much of theirs waits already; what the work throws
 */
export async function withinShare<T>(client: HubClient | null, accountId: number, work: () => Promise<T>): Promise<T> {
  if (client === null) return work();
  const of = shares.get(client) ?? new Map<number, Share>();
  shares.set(client, of);
  const share = of.get(accountId) ?? bulkhead(AT_ONCE, WAITING);
  of.set(accountId, share);
  try {
    return await share.execute(work);
  } catch (error) {
    if (!(error instanceof BulkheadRejectedError)) throw error;
    throw new StoaError("rate_limited", { details: { seconds: 2 }, cause: error });
  } finally {
    if (share.executionSlots === AT_ONCE && share.queueSlots === WAITING) of.delete(accountId);
  }
}
