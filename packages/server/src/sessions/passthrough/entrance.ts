import type { SessionTarget } from "./contract.ts";
import type { Holder } from "./open-exchanges.ts";
import { notOpen, type Refusal, refusals } from "./refusals.ts";
import type { Connect } from "./upstreams.ts";

/** Which session an address means, and by which way it came. */
export interface Place {
  readonly way: "origin" | "path";
  readonly jobId: number;
  /** Path and query for the program. */
  readonly path: string;
  /** The host that was asked for, with its port. */
  readonly host: string;
  /** What stands before `path` at that host: empty at the session's own origin. */
  readonly prefix: string;
}

/** The way is free. */
export interface Passage {
  readonly target: SessionTarget;
  readonly connect: Connect;
  readonly place: Place;
  readonly holder: Holder;
  readonly usedAuthorization: boolean;
}

export type Entrance =
  | { readonly passage: Passage }
  | { readonly refusal: Refusal }
  | { readonly redirect: string; readonly setCookie: string | null };

/**
 * The owner, and whom they let use it, goes through to a session that runs here and is ready.
 * @param nodeId this server's
 */
export function pass(
  target: SessionTarget | null,
  holder: Holder,
  place: Place,
  nodeId: string,
  usedAuthorization = false,
): Entrance {
  // Somebody else's session is not told from one that never was.
  const isGuest = target?.guests?.has(holder.accountId) === true;
  if (target === null || (target.ownerId !== holder.accountId && !isGuest)) return { refusal: refusals.noSession };
  const closed = notOpen(target, nodeId);
  if (closed !== null || target.connect === null) return { refusal: closed ?? refusals.noSession };
  return { passage: { target, connect: target.connect, place, holder, usedAuthorization } };
}
