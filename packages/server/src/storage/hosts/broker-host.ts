import { randomInt } from "node:crypto";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { BrokerLink } from "../../platform/processes/link.ts";
import { BrokerRefusal } from "../../platform/processes/verbs.ts";
import { backEndProblem } from "../back-end-problems.ts";
import type { BrokerSaid } from "./broker-errand.ts";
import { HostUnreachable, type StorageHost } from "./contract.ts";

/** The host that the broker has: of the same settings, with root's rights, and checked there once more. */
export function createBrokerHost(link: BrokerLink): StorageHost {
  // Several on one link don't meet.
  let lastCall = randomInt(2 ** 47);

  async function ask(call: number, request: unknown): Promise<BrokerSaid> {
    try {
      return (await link.ask({ verb: "storage", call, request })) as BrokerSaid;
    } catch (error) {
      if (!(error instanceof BrokerRefusal)) throw error;
      if (error.code === "refused") throw new StoaError("invalid", { message: error.message, cause: error });
      throw new HostUnreachable("broker", backEndProblem("broker_failed", { said: error.message }), { cause: error });
    }
  }

  return {
    async run(request, { signal } = {}) {
      signal?.throwIfAborted();
      lastCall += 1;
      const call = lastCall;
      const aborted = Promise.withResolvers<never>();
      const onAbort = (): void => {
        void link.ask({ verb: "storage_abort", call }).catch(() => undefined);
        aborted.reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const said = await Promise.race([ask(call, request), aborted.promise]);
        if (said.kind === "answer") return { code: said.code, out: said.out, err: said.err };
        throw new HostUnreachable(said.reason, said.problem);
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
    // What it keeps open is the broker's, which outlives us.
    close: async () => undefined,
  };
}
