import { followStatus } from "./host-calls.ts";

const AGAIN_MS = 1000;

/**
 * Tells of every change of a host: by its own word while the connection holds (so its death is noticed at once),
 * and once a second while there is none.
 * @returns stops
 */
export function watchHost(socketPath: () => string, onChange: () => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let cut = (): void => {};

  const follow = (): void => {
    if (stopped) return;
    cut = followStatus(socketPath(), onChange, () => {
      if (stopped) return;
      onChange();
      timer = setTimeout(follow, AGAIN_MS);
    });
  };
  follow();
  return () => {
    stopped = true;
    clearTimeout(timer);
    cut();
  };
}
