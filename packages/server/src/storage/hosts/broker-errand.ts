import type { Logger } from "pino";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Errand } from "../../platform/processes/broker/errands.ts";
import { BrokerRefusal } from "../../platform/processes/verbs.ts";
import type { BackEndProblem } from "../back-end-problems.ts";
import { type HostAnswer, HostUnreachable, type StorageHost, type StorageRequest } from "./contract.ts";

/** What comes back through the broker: an error's class would not. */
export type BrokerSaid =
  | ({ readonly kind: "answer" } & HostAnswer)
  | {
      readonly kind: "unreachable";
      readonly reason: HostUnreachable["reason"];
      readonly problem: BackEndProblem;
    };

/** What changes nothing, and is asked for all the time. */
const READS: ReadonlySet<unknown> = new Set<StorageRequest["do"]>([
  "stat",
  "list",
  "who",
  "file-system",
  "measure",
  "measure-base",
  "attributes",
  "quota-state",
  "report-quotas",
  "list-projects",
  "zfs-version",
  "zfs-get",
  "zfs-snapshots",
  "zpool-status",
]);

/** Characters of a request that the log gets: it may name thousands. */
const LONGEST_TOLD = 300;

/**
 * What a broker does when its server asks for storage: with a host of the broker's own settings, which checks the
 * request. Changes are logged for all to see, reads for who looks for them; what commands print is not.
 */
export function brokerErrand(host: StorageHost, log: Logger): Errand {
  return async (request, signal): Promise<BrokerSaid> => {
    const begun = Date.now();
    try {
      // It is anything at all: the host takes it apart.
      const answer = await host.run(request as StorageRequest, { signal });
      const level = READS.has((request as StorageRequest).do) ? "debug" : "info";
      if (log.isLevelEnabled(level)) {
        log[level]({ storage: told(request), code: answer.code, ms: Date.now() - begun }, "broker: done");
      }
      return { kind: "answer", ...answer };
    } catch (error) {
      if (error instanceof HostUnreachable) {
        log.warn({ storage: told(request), why: error.message }, "broker: the storage host is away");
        return { kind: "unreachable", reason: error.reason, problem: error.problem };
      }
      if (error instanceof StoaError && error.code === "invalid") throw new BrokerRefusal("refused", error.message);
      throw error;
    }
  };
}

function told(request: unknown): string {
  return JSON.stringify(request).slice(0, LONGEST_TOLD);
}
