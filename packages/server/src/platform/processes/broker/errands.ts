import { BrokerRefusal } from "../verbs.ts";

/**
 * Something that a domain has root do: the broker passes on what was asked, and what comes of it. It takes the request
 * apart itself, as from a hostile asker.
 * @throws BrokerRefusal refused
 */
export type Errand = (request: unknown, signal: AbortSignal) => Promise<unknown>;

/** Errands under way, by the number that whoever asked gave them. */
export interface Errands {
  run(call: number, request: unknown): Promise<unknown>;
  abort(call: number): void;
}

/** @param errand null: this broker was made without */
export function createErrands(errand: Errand | null): Errands {
  const running = new Map<number, AbortController>();
  return {
    async run(call, request) {
      if (errand === null) throw new BrokerRefusal("failed", "this broker was made without storage");
      if (running.has(call)) throw new BrokerRefusal("refused", "a call of this number is under way");
      const abort = new AbortController();
      running.set(call, abort);
      try {
        return await errand(request, abort.signal);
      } finally {
        running.delete(call);
      }
    },
    abort: (call) => running.get(call)?.abort(new BrokerRefusal("failed", "it was called off")),
  };
}
