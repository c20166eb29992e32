import { setTimeout as delay } from "node:timers/promises";
import { type HubClient, type HubProgress, HubRefusal, type HubServer, knownServers } from "../client/contract.ts";
import { causeOfFailure, LaunchProblem } from "./causes.ts";

/** Milliseconds from one following to the next, where the hub's own progress can't be had or has broken off. */
const LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 4_000;
/** One that was followed for so long is followed anew at once. */
const LONG_MS = 10_000;

export interface Following {
  readonly client: HubClient;
  readonly name: string;
  readonly server: string;
  readonly signal: AbortSignal;
  /** How many followings of this launch in a row were short, just before. */
  readonly short: number;
  readonly onProgress: (progress: HubProgress) => Promise<void>;
}

/**
 * Follows a server that starts by the hub's own progress, for as long as the hub tells of it. The hub is looked at
 * afterwards: what is true is what it has then.
 * @returns whether it was short, and the next one is to come later
 * @throws LaunchProblem spawn_failed, image_missing, at_capacity, over_quota: by what the hub says
 */
export async function followStart({ client, name, server, signal, short, onProgress }: Following): Promise<boolean> {
  const begun = performance.now();
  try {
    for await (const progress of client.progress(name, server, signal)) {
      if (progress.outcome === "failed") throw new LaunchProblem(causeOfFailure(progress.message), progress.message);
      await onProgress(progress);
      // Said once, it is believed at once.
      if (progress.outcome === "ready" && short === 0) return true;
      if (progress.outcome === "ready") break;
    }
  } catch (error) {
    // It was there a moment ago: the look that follows says what became of it.
    if (!(error instanceof HubRefusal && error.status === 404)) throw error;
  }
  // A hub that restarts or a proxy in between; asked anew at once it would be asked without end.
  const took = performance.now() - begun;
  const left = Math.min(LONGEST_LOOK_MS, LOOK_MS * 2 ** Math.min(short, 6)) - took;
  if (left > 0) await delay(left, undefined, { signal });
  return took < LONG_MS;
}

/** One server of somebody's as the hub has it now; null: none. @throws HubRefusal forbidden */
export async function serverOf(client: HubClient, name: string, server: string): Promise<HubServer | null> {
  const user = await client.user(name);
  return user === null ? null : (knownServers(user).get(server) ?? null);
}
