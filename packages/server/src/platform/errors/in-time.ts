import { StoaError } from "./stoa-error.ts";

/**
 * What `work` gives, unless it takes too long: then a refusal, and the work goes on unheard. For what can hang where
 * nobody can end it, as a look at a suspended pool does.
 * @param what begins a sentence, as in "The snapshot"
 * @throws StoaError unavailable; what the work throws
 */
export async function inTime<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new StoaError("unavailable", { details: { what } })), ms);
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
