import { giveBack } from "../../files/give-back.ts";
import { WINDOW } from "./frames.ts";

/** How many bytes the other side is willing to take. */
export interface Credit {
  grant(bytes: number): void;
  /** Waits until something may be sent, and takes up to `most` of it. @throws Closed */
  take(most: number): Promise<number>;
  /** Whoever waits, or comes later, is told that nobody wants the rest. */
  close(): void;
}

/** Nobody wants the rest of the bytes. */
export class Closed extends Error {}

export function createCredit(): Credit {
  let available = WINDOW;
  let closed = false;
  let wake = (): void => undefined;
  return {
    grant(bytes) {
      // Never more than a window is on its way: whoever grants what they have not taken wants our memory full.
      available = Math.min(WINDOW, available + bytes);
      wake();
    },
    async take(most) {
      while (available === 0 && !closed) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      if (closed) throw new Closed("nobody reads on");
      const taken = Math.min(most, available);
      available -= taken;
      return taken;
    },
    close() {
      closed = true;
      wake();
    },
  };
}

/**
 * Sends all of `source`, no faster than the other side takes it, and frees what was sent.
 * @param send calls `sent` when the bytes have gone out, or never will
 * @throws Closed, and what the source throws
 */
export async function sendAll(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  credit: Credit,
  send: (bytes: Uint8Array, sent: () => void) => void,
): Promise<void> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.byteLength; ) {
      const length = await credit.take(chunk.byteLength - at);
      at += length;
      send(chunk.subarray(at - length, at), at < chunk.byteLength ? ignore : () => giveBack(chunk));
    }
  }
}

function ignore(): void {}
