import type { JobType } from "./contract.ts";
import { localTestJob } from "./local-test-job.ts";
import { terminal } from "./terminal.ts";

/** Every job type there is, by the name that clients use. */
const registry: Readonly<Record<string, JobType>> = {
  [localTestJob.id]: localTestJob,
  [terminal.id]: terminal,
};

export function jobTypeIds(): ReadonlySet<string> {
  return new Set(Object.keys(registry));
}

/**
 * The registry with what tests and benchmarks bring.
 * @throws when a type contradicts itself: a mistake of whoever declared it
 */
export function jobTypesWith(extra: readonly JobType[]): ReadonlyMap<string, JobType> {
  const all = new Map([...Object.values(registry), ...extra].map((type) => [type.id, type]));
  for (const type of all.values()) {
    if ((type.web === "program") !== (type.readiness === "listening")) {
      throw new Error(`The job type ${type.id} must be ready by listening exactly if its program answers HTTP.`);
    }
    if (type.web !== "none" && type.protection !== "unix-socket") {
      throw new Error(`The job type ${type.id} answers HTTP, but doesn't say how that is kept from others.`);
    }
  }
  return all;
}
