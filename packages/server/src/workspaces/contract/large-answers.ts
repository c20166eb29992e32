import type { ServerResponse } from "node:http";
import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Bytes from which an answer counts. */
const LARGE = 1024 * 1024;
const AT_ONCE = 4;

/** Keeps one person from having many large answers in our memory at once, which slow readers leave there. */
export function createLargeAnswers(): {
  /**
   * Counts an answer until it has been sent or its reader is gone.
   * @throws StoaError rate_limited
   */
  admit(accountId: number, bytes: number, response: Pick<ServerResponse, "once">): void;
} {
  const underWay = new Map<number, Set<unknown>>();
  return {
    admit(accountId, bytes, response) {
      if (bytes < LARGE) return;
      const own = underWay.get(accountId) ?? new Set();
      if (own.size >= AT_ONCE) {
        throw new StoaError("rate_limited", {
          message: `${AT_ONCE} large lists of yours are still being sent. Read one to its end first.`,
          details: { seconds: 1 },
        });
      }
      underWay.set(accountId, own.add(response));
      const end = () => {
        own.delete(response);
        if (own.size === 0 && underWay.get(accountId) === own) underWay.delete(accountId);
      };
      response.once("finish", end);
      response.once("close", end);
    },
  };
}
