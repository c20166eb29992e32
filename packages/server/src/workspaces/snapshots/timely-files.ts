import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { FileCommands } from "../file-work/commands.ts";
import type { FileWork } from "../file-work/contract.ts";

type Bytes = AsyncIterable<Uint8Array> & AsyncDisposable;

/** Milliseconds. */
export interface Patience {
  /** For an answer, and for a download's beginning. */
  readonly answer: number;
  /** For each piece of a download, from when it is asked for. */
  readonly piece: number;
  /** Without progress, for what takes as long as its bytes. */
  readonly progress: number;
  /** For such work to end when it is told to; longer than an agent has before it is ended. */
  readonly end: number;
}

export interface TimelyOptions {
  /** Once one call was given up, all are refused: for many, one after the other, in the same snapshot. */
  readonly together?: boolean;
  readonly patience?: Partial<Patience>;
}

/** Who tries what comes after it shortens it for a while. */
export const usualPatience: { -readonly [Each in keyof Patience]: number } = {
  answer: 15_000,
  piece: 60_000,
  progress: 10 * 60_000,
  end: 15_000,
};
/** `measureEntry` tells of no progress, and ends by itself within two minutes. */
const long: ReadonlySet<string> = new Set<keyof FileCommands>(["measureEntry", "stageCopy"]);

/**
 * File work that nobody waits long for: a pool that has lost its disks answers a look at its snapshots never. What is
 * given up is told to end, or its agent is ended, so that it holds no place that others wait for.
 */
export function timelyFiles(files: FileWork, { together = false, patience: own }: TimelyOptions = {}): FileWork {
  const patience = { ...usualPatience, ...own };
  const all = together ? new AbortController() : null;
  const begin = (outer: AbortSignal | undefined, grace: number): Watch => {
    all?.signal.throwIfAborted();
    return createWatch(outer, grace, (reason) => all?.abort(reason));
  };
  return {
    ...files,
    async run(accountId, name, args, io = {}) {
      const isLong = long.has(name);
      using watch = begin(io.signal, isLong ? patience.end : 0);
      const { signal, heard } = watch;
      const onProgress: NonNullable<typeof io.onProgress> = (progress) => {
        heard();
        io.onProgress?.(progress);
      };
      const work = files.run(accountId, name, args, { ...io, signal, onProgress });
      return await watch.wait(work, isLong ? patience.progress : patience.answer);
    },
    async open(accountId, name, args, io = {}) {
      const watch = begin(io.signal, 0);
      const opening = files.open(accountId, name, args, { ...io, signal: watch.signal });
      try {
        const { head, bytes } = await watch.wait(opening, patience.answer);
        return { head, bytes: timelyBytes(bytes, watch, patience.piece) };
      } catch (error) {
        watch[Symbol.dispose]();
        // Should it open yet, nobody reads it.
        opening.then(({ bytes }) => bytes[Symbol.asyncDispose]()).catch(() => undefined);
        throw error;
      }
    },
  };
}

/** Waits for a piece as long as it may take; for its reader, as long as they like. */
function timelyBytes(bytes: Bytes, watch: Watch, ms: number): Bytes {
  const pieces = bytes[Symbol.asyncIterator]();
  const leave = async (): Promise<void> => {
    watch[Symbol.dispose]();
    const left = bytes[Symbol.asyncDispose]();
    // One that was given up ends when it can, or never.
    if (watch.signal.aborted) Promise.resolve(left).catch(() => undefined);
    else await left;
  };
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        return await watch.wait(pieces.next(), ms);
      } catch (error) {
        void leave();
        throw error;
      }
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator, [Symbol.asyncDispose]: leave };
}

/** One call, and whether it is still worth waiting for. */
interface Watch extends Disposable {
  /** Aborted when it is given up, or its caller gives it up. */
  readonly signal: AbortSignal;
  /** What the work gives, unless nothing is heard of it for so long. @throws StoaError unavailable; what it throws */
  wait<T>(work: Promise<T>, ms: number): Promise<T>;
  heard(): void;
}

/** @param grace milliseconds that work has to end by itself, once it was told to */
function createWatch(outer: AbortSignal | undefined, grace: number, onLate: (reason: StoaError) => void): Watch {
  const ending = new AbortController();
  const { signal } = ending;
  const follow = () => ending.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener("abort", follow, { once: true });
  let patience: NodeJS.Timeout | undefined;

  const giveUp = (): void => {
    const late = new StoaError("unavailable", { details: { what: "The snapshot" } });
    ending.abort(late);
    onLate(late);
  };

  return {
    signal,
    heard: () => void patience?.refresh(),
    async wait(work, ms) {
      const unheard = Promise.withResolvers<never>();
      let last: NodeJS.Timeout | undefined;
      const leave = () => {
        last = setTimeout(unheard.reject, grace);
      };
      if (signal.aborted) leave();
      else signal.addEventListener("abort", leave, { once: true });
      const timer = setTimeout(giveUp, ms);
      patience = timer;
      try {
        return await Promise.race([work, unheard.promise]);
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      } finally {
        patience = undefined;
        for (const one of [timer, last]) clearTimeout(one);
        signal.removeEventListener("abort", leave);
      }
    },
    [Symbol.dispose]: () => outer?.removeEventListener("abort", follow),
  };
}
