const key = "stoa.visit";
const pause = 30 * 60_000;

/**
 * Notes that somebody looks at Home now. @returns when the visit before this one ended (ISO 8601), null on the
 * first; a visit lasts until half an hour passed without one.
 */
export function noteVisit(now = Date.now()): string | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    const { before, latest } = isVisit(kept) ? kept : { before: null, latest: null };
    const since = latest !== null && now - latest > pause ? latest : before;
    localStorage.setItem(key, JSON.stringify({ before: since, latest: now }));
    return since === null ? null : new Date(since).toISOString();
  } catch {
    return null; // without storage everything is as old as any other
  }
}

function isVisit(value: unknown): value is { before: number | null; latest: number | null } {
  return typeof value === "object" && value !== null && "before" in value && "latest" in value;
}
