import { followStatus } from "./host-calls.ts";

const AGAIN_MS = 1000;
/** Milliseconds between two looks: a host is as good as its person, and each look asks the database. */
const QUIET_MS = 100;

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

  const tell = (): void => {
    missed = quiet !== undefined;
    if (missed) return;
    quiet = setTimeout(() => {
      quiet = undefined;
      if (missed) tell();
    }, QUIET_MS);
    onChange();
  };
  const follow = (): void => {
    if (stopped) return;
    cut = followStatus(socketPath(), tell, () => {
      if (stopped) return;
      tell();
      timer = setTimeout(follow, AGAIN_MS);
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
