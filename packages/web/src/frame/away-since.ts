import type { Reachability } from "../api/reachability.ts";

/** Read by the page that is shown while nothing answers (public/away-worker.js). */
const key = "stoa.away";

/** Milliseconds since the epoch of the first call without an answer; null while the server answers. */
export function awaySince(): number | null {
  try {
    const at = Date.parse(localStorage.getItem(key) ?? "");
    return Number.isNaN(at) ? null : at;
  } catch {
    return null;
  }
}

/** Keeps in this browser since when the server is away. The portal has come just now: it was there. */
export function noteAway(reach: Reachability): () => void {
  const note = () => {
    try {
      if (!reach.isAway()) localStorage.removeItem(key);
      else if (awaySince() === null) localStorage.setItem(key, new Date().toISOString());
    } catch {
      // Not kept then.
    }
  };
  note();
  return reach.subscribe(note);
}
