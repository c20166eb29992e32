import type { Config } from "../../config/schema.ts";
import type { JobType } from "./contract.ts";
import { localTestJob } from "./local-test-job.ts";
import { terminal } from "./terminal.ts";

/** Every job type there is, by the name that clients use. */
const registry: Readonly<Record<string, JobType>> = {
  [localTestJob.id]: localTestJob,
  [terminal.id]: terminal,
};

/**
 * What can be started here. The configuration of a service that was replaced says which of contract 3's types there
 * are, under which names; ours stay beside them.
 */
function offered(uws: Config["uws"]): readonly JobType[] {
  if (uws === null) return Object.values(registry);
  const configured = uws.jobTypes.flatMap(({ id, name, type }) => {
    const ours = registry[type];
    return ours === undefined ? [] : [{ ...ours, id, name }];
  });
  return [terminal, ...configured];
}

export function jobTypeIds(uws: Config["uws"] = null): ReadonlySet<string> {
  return new Set(offered(uws).map(({ id }) => id));
}

/**
 * The registry with what tests and benchmarks bring.
 * @throws when a type contradicts itself: a mistake of whoever declared it
 */
export function jobTypesWith(extra: readonly JobType[], uws: Config["uws"] = null): ReadonlyMap<string, JobType> {
  const all = new Map([...offered(uws), ...extra].map((type) => [type.id, type]));
  for (const type of all.values()) {
    if ((type.web === "program") !== (type.readiness === "listening")) {
      throw new Error(`The job type ${type.id} must be ready by listening exactly if its program answers HTTP.`);
    }
    if (type.web !== "none" && type.protection === "no-port") {
      throw new Error(`The job type ${type.id} answers HTTP, but doesn't say how that is kept from others.`);
    }
  }
  return all;
}
