import type { SessionTarget } from "./contract.ts";
import type { Holder } from "./open-exchanges.ts";
import type { Refusal } from "./refusal.ts";
import type { Connect } from "./upstreams.ts";

/** Which session an address means, and by which way it came. */
export interface Place {
  readonly way: "origin" | "path";
  readonly jobId: number;
  /** Path and query for the program. */
  readonly path: string;
}

/** The way is free. */
export interface Passage {
  readonly target: SessionTarget;
  readonly connect: Connect;
  readonly path: string;
  readonly holder: Holder;
  readonly usedAuthorization: boolean;
}

export type Entrance =
  | { readonly passage: Passage }
  | { readonly refusal: Refusal }
  | { readonly redirect: string; readonly setCookie: string | null };

export const refusals = {
  signIn: {
    status: 401,
    title: "This session is not open to this browser.",
    remedy: "Open it from the portal: the link there works for you alone.",
  },
  badToken: { status: 401, title: "Invalid token provided.", remedy: "Get a new one and try again." },
  twoCredentials: { status: 400, title: "Two credentials came in one request.", remedy: "Send one." },
  lacksScope: {
    status: 403,
    title: "This token lacks the scope sessions:write.",
    remedy: "Make one with it.",
  },
  tooMany: { status: 429, title: "Too many attempts.", remedy: "Try again in a minute." },
  ticketOver: {
    status: 410,
    title: "This link is over.",
    remedy: "It works once, for two minutes. Open the session from the portal again.",
  },
  noSession: { status: 404, title: "There is no such session.", remedy: "Look at your sessions in the portal." },
  otherOrigin: {
    status: 403,
    title: "Another page tried to act in this session.",
    remedy: "Open the session from the portal.",
  },
} as const satisfies Record<string, Refusal>;

/**
 * The owner goes through to a session that runs here and is ready.
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
  if (target === null || target.ownerId !== holder.accountId) return { refusal: refusals.noSession };
  const closed = notOpen(target, nodeId);
  if (closed !== null || target.connect === null) return { refusal: closed ?? refusals.noSession };
  return { passage: { target, connect: target.connect, path: place.path, holder, usedAuthorization } };
}

function notOpen(target: SessionTarget, nodeId: string): Refusal | null {
  if (target.state === "complete" || target.state === "failed" || target.state === "stopping") {
    return {
      status: 410,
      title: "This session has ended.",
      remedy: `${target.message} Start a new one in the portal.`,
    };
  }
  if (target.nodeId !== nodeId) {
    return {
      status: 503,
      title: `This session runs on the host ${target.nodeId}.`,
      remedy: "This server can't reach it: ask the operator to route the session's address there.",
    };
  }
  if (target.ready && target.connect !== null) return null;
  return { status: 503, title: "This session is not ready yet.", remedy: `${target.message} Reload in a moment.` };
}
