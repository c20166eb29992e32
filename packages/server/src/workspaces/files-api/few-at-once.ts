import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Keeps one person from having all threads and disks read for them. */
export interface FewAtOnce {
  /** Runs `work`, unless as many are under way for this person. @throws StoaError rate_limited */
  run<T>(accountId: number, work: () => Promise<T>): Promise<T>;
}

/** @param what as in "2 checksums of yours are still being worked on" */
export function createFewAtOnce(most: number, what: string): FewAtOnce {
  const underWay = new Map<number, number>();
  return {
    async run(accountId, work) {
      const count = underWay.get(accountId) ?? 0;
      if (count >= most) {
        const message = `${most} ${what} of yours are still being worked on. Wait for one of them.`;
        throw new StoaError("rate_limited", { message, details: { seconds: 1 } });
      }
      underWay.set(accountId, count + 1);
      try {
        return await work();
      } finally {
        const left = (underWay.get(accountId) ?? 1) - 1;
        if (left === 0) underWay.delete(accountId);
        else underWay.set(accountId, left);
      }
    },
  };
}
