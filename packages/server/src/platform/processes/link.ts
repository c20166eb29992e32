import type { Socket } from "node:net";
import type { Broker } from "./broker/broker.ts";
import type { Answers, Verb, VerbName } from "./verbs.ts";

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** The way to a broker. */
export interface BrokerLink {
  /** @param socket is given away: ours is closed, whatever comes of it. @throws BrokerRefusal */
  ask<N extends VerbName>(verb: Verb & { readonly verb: N }, socket?: Socket): Promise<Answers[N]>;
  /** Resolves when the process that a verb started has ended. */
  ended(process: number): Promise<Ended>;
}

/** What is known of processes that have ended, and who waits for it: the end may be told before the start is. */
export function createEndings(): { of(process: number): Promise<Ended>; tell(process: number, end: Ended): void } {
  const known = new Map<number, PromiseWithResolvers<Ended>>();
  const entry = (process: number): PromiseWithResolvers<Ended> => {
    const found = known.get(process) ?? Promise.withResolvers<Ended>();
    known.set(process, found);
    return found;
  };
  return {
    of: (process) => entry(process).promise,
    tell(process, end) {
      entry(process).resolve(end);
      // Whoever started it asks for its end at once.
      setTimeout(() => known.delete(process), 60_000).unref();
    },
  };
}

/** A broker in this very process, which is root's then: for a server that has no other, for tools and tests. */
export function linkWithin(broker: Broker): BrokerLink {
  const endings = createEndings();
  return {
    ask: async (verb, socket) => (await broker.perform(verb, socket, endings.tell)) as never,
    ended: endings.of,
  };
}
