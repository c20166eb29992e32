import { BrokenProtocol, WINDOW } from "./frames.ts";

/** Sent when a quarter of the window was read: seldom enough to cost nothing, early enough that nobody waits. */
const GRANT_FROM = WINDOW / 4;

/** Bytes; smaller pieces are gathered, whenever so many wait. */
const CRUMB = 4096;
const CRUMBS = 1024;

/** Bytes that come over a connection, for one reader who takes them at their own pace. */
export interface IncomingBytes extends AsyncIterable<Uint8Array> {
  /** @throws BrokenProtocol for more than was granted */
  push(bytes: Buffer): void;
  end(): void;
  /** What is here already is still read; then the reader is thrown this. */
  fail(error: unknown): void;
}

/**
 * @param grant tells the sender how many bytes more are welcome
 * @param onLeave the reader went away before the end
 */
export function createIncomingBytes(
  grant: (bytes: number) => void,
  onLeave: () => void | Promise<void> = () => undefined,
): IncomingBytes {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let readBytes = 0;
  let over: { readonly error?: unknown } | null = null;
  let left = false;
  let wake = (): void => undefined;

  const finish = (how: { readonly error?: unknown }): void => {
    over ??= how;
    wake();
  };

  async function next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        waitingBytes -= chunk.length;
        readBytes += chunk.length;
        if (readBytes >= GRANT_FROM && over === null) {
          grant(readBytes);
          readBytes = 0;
        }
        return { done: false, value: chunk };
      }
      if (over !== null) {
        if ("error" in over) throw over.error;
        return { done: true, value: undefined };
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
  }

  async function leave(): Promise<IteratorResult<Uint8Array>> {
    const early = over === null;
    left = true;
    waiting.length = 0;
    finish({});
    if (early) await onLeave();
    return { done: true, value: undefined };
  }

  return {
    push(bytes) {
      if (left) return;
      // What was read but not granted again yet is the reader's, too.
      if (waitingBytes + readBytes + bytes.length > WINDOW) throw new BrokenProtocol("more bytes than were asked for");
      waitingBytes += bytes.length;
      waiting.push(bytes);
      if (waiting.length % CRUMBS === 0) gatherCrumbs(waiting);
      wake();
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    [Symbol.asyncIterator]: () => ({ next, return: leave }),
  };
}

/** A window of single bytes would be a million buffers: the small ones that came last become one. */
function gatherCrumbs(waiting: Buffer[]): void {
  let from = waiting.length;
  while (from > 0 && (waiting[from - 1]?.length ?? CRUMB) < CRUMB) from -= 1;
  if (waiting.length - from > 1) waiting.push(Buffer.concat(waiting.splice(from)));
}
