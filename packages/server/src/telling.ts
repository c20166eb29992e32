/** Why a start was given up. */
export class Told extends Error {}

export interface Telling {
  /** Aborted when we are told to end. */
  readonly signal: AbortSignal;
  /** The name of what told us. */
  readonly come: Promise<string>;
  /** The start is over. */
  ready(): void;
  wasReady(): boolean;
  /** As if a signal of that name had come. */
  tell(name: string): void;
  forget(): void;
}

/** Listens for the signals that ask a server to end in order. */
export function untilTold(): Telling {
  const { promise, resolve } = Promise.withResolvers<string>();
  const ending = new AbortController();
  let isReady = false;
  const told = (signal: string): void => {
    resolve(signal);
    ending.abort(new Told(signal));
  };
  process.on("SIGTERM", told).on("SIGINT", told).on("SIGHUP", told);
  return {
    signal: ending.signal,
    come: promise,
    ready: () => {
      isReady = true;
    },
    wasReady: () => isReady,
    tell: told,
    forget: () => process.off("SIGTERM", told).off("SIGINT", told).off("SIGHUP", told),
  };
}
