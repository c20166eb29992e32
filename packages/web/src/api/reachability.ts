/** One failure may be a fetch that the browser gave up; two without an answer between them are a server away. */
const failuresThatCount = 2;

export interface Reachability {
  /** Something other than a call noticed trouble: worth asking the server. */
  suspect(): void;
  /** A call brought no answer of the server's. */
  failed(): void;
  answered(): void;
  /** Nothing has been heard since something failed. */
  isDoubtful(): boolean;
  isAway(): boolean;
  /** @returns ends it */
  subscribe(listener: () => void): () => void;
}

export function createReachability(): Reachability {
  let failures = 0;
  const listeners = new Set<() => void>();
  const change = (next: number) => {
    if (next === failures) return;
    failures = next;
    for (const listener of listeners) listener();
  };
  return {
    suspect: () => change(Math.max(1, failures)),
    failed: () => change(failures + 1),
    answered: () => change(0),
    isDoubtful: () => failures > 0,
    isAway: () => failures >= failuresThatCount,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether the server answers, by every call that the portal makes. */
export const reachability = createReachability();

/** Milliseconds between two questions to a server that is away. */
const askAgainMs = 2_000;

/**
 * Asks a doubtful server until it answers, at once at first.
 * @param ask any call; its outcome comes by `reach` itself
 * @param onBack it was away and answers again: what is shown is old
 * @returns ends it
 */
export function watchServer(reach: Reachability, ask: () => Promise<unknown>, onBack: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasAway = reach.isAway();
  let over = false;
  const askOnce = async () => {
    await ask().catch(() => {});
    timer = undefined;
    look();
  };
  const look = () => {
    if (over) return;
    const away = reach.isAway();
    if (wasAway && !away) onBack();
    wasAway = away;
    if (reach.isDoubtful()) timer ??= setTimeout(() => void askOnce(), away ? askAgainMs : 0);
  };
  const stop = reach.subscribe(look);
  look();
  return () => {
    over = true;
    clearTimeout(timer);
    stop();
  };
}
