import { followStatus } from "./host-calls.ts";

const AGAIN_MS = 1000;
/** Milliseconds between two looks: a host is as good as its person, and each look asks the database. */
const QUIET_MS = 100;
/** Of one that tells more in a minute than any that is a host: it is looked at now and then. */
const OFTEN = 20;
const LOUD_MS = 3000;
const MINUTE_MS = 60_000;

/**
 * Tells of every change of a host: by its own word while the connection holds (so its death is noticed at once),
 * and once a second while there is none.
 * @returns stops
 */
export function watchHost(socketPath: () => string, onChange: () => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let cut = (): void => {};
  let quiet: NodeJS.Timeout | undefined;
  let missed = false;
  let lines = 0;
  let countedFrom = performance.now();

  /** How long it is not heard after this. */
  const pause = (): number => {
    if (performance.now() - countedFrom > MINUTE_MS) {
      lines = 0;
      countedFrom = performance.now();
    }
    return lines > OFTEN ? LOUD_MS : QUIET_MS;
  };
  const hear = (): void => {
    if (quiet === undefined) lines += 1;
    tell();
  };
  const tell = (): void => {
    missed = quiet !== undefined;
    if (missed) return;
    quiet = setTimeout(() => {
      quiet = undefined;
      if (missed) hear();
    }, pause());
    onChange();
  };
  const follow = (): void => {
    if (stopped) return;
    cut = followStatus(socketPath(), hear, (loud) => {
      if (stopped) return;
      tell();
      timer = setTimeout(follow, loud ? LOUD_MS : AGAIN_MS);
    });
  };
  follow();
  return () => {
    stopped = true;
    clearTimeout(timer);
    clearTimeout(quiet);
    cut();
  };
}
