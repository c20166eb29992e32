import { setTimeout as delay } from "node:timers/promises";
import type { OutboundClient } from "../../platform/outbound/contract.ts";
import type { WebhooksContext } from "../context.ts";
import { attempt, createWebhookClient, lookAt } from "./attempt.ts";
import { type Claim, claimDue } from "./claim.ts";
import { cancelClaimed, noteAttempt } from "./note.ts";

/** At once from one server, to all endpoints together. */
const PLACES = 48;

export interface Sender {
  /** Begins to send all that is due and has a place. @returns how many it began */
  begin(): Promise<number>;
  /** What is under way now is over. */
  settled(): Promise<void>;
  /** Breaks off what is still under way after so long: nothing of it is noted, and it is sent again. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Sends what is due. A place in all, and places of each endpoint and of each owner: one that hangs takes its own, and
 * the others go on.
 * @param onDone a place is free again
 */
export function createSender(context: WebhooksContext, onDone: () => void = () => undefined): Sender {
  const running = new Set<Promise<void>>();
  const busy = { endpoints: new Map<number, number>(), owners: new Map<number, number>() };
  let made: OutboundClient | null = null;
  let isBrokenOff = false;
  /** One after another: what one claims the next counts. */
  let beginning: Promise<unknown> = Promise.resolve();
  const client = (): OutboundClient => {
    made ??= createWebhookClient(context, PLACES);
    return made;
  };

  function send(claim: Claim): void {
    const count = (by: number) => {
      add(busy.endpoints, claim.endpoint_id, by);
      add(busy.owners, claim.account_id, by);
    };
    count(1);
    const run = deliver(context, client(), claim, () => isBrokenOff)
      .catch((error: unknown) => {
        // It stays claimed for a while, and is sent again then.
        context.platform.log.warn({ err: error, delivery: claim.id }, "a webhook's delivery could not be noted");
      })
      .finally(() => {
        count(-1);
        running.delete(run);
        onDone();
      });
    running.add(run);
  }

  async function claimAll(): Promise<number> {
    for (let begun = 0; ; ) {
      if (isBrokenOff) return begun;
      const claims = await claimDue(context.db, { now: context.now(), places: PLACES - running.size, busy });
      for (const claim of claims) send(claim);
      begun += claims.length;
      if (claims.length === 0) return begun;
    }
  }

  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.all(running);
  }

  return {
    settled,
    begin() {
      const begun = beginning.then(claimAll);
      beginning = begun.catch(() => undefined);
      return begun;
    },
    async close(graceMs = 0) {
      const over = new AbortController();
      await Promise.race([settled(), delay(graceMs, undefined, { signal: over.signal }).catch(() => undefined)]);
      over.abort();
      isBrokenOff = true;
      await made?.close();
      await settled();
    },
  };
}

function add(counts: Map<number, number>, id: number, by: number): void {
  const left = (counts.get(id) ?? 0) + by;
  if (left === 0) counts.delete(id);
  else counts.set(id, left);
}

async function deliver(
  context: WebhooksContext,
  client: OutboundClient,
  claim: Claim,
  isBrokenOff: () => boolean,
): Promise<void> {
  const sendable = await lookAt(context, claim);
  if (sendable === null) return;
  if (typeof sendable === "string") return cancelClaimed(context, claim, sendable);
  const attempted = await attempt(context, client, sendable);
  if (attempted.problem === null || !isBrokenOff()) await noteAttempt(context, claim, attempted);
}
