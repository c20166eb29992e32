import type { IncomingHttpHeaders } from "node:http";

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** True for a method that changes nothing. */
export function isSafeMethod(method: string | undefined): boolean {
  return safe.has(method ?? "");
}

/**
 * Whether the portal's cookie counts in this request. A browser attaches it whoever made it send the
 * request, so it counts only for our own pages: `Sec-Fetch-Site` and `Origin` have to agree. A session's
 * page is the same *site*, never the same origin. Reads without either header count (no browser of
 * today sends such from another page); writes and upgrades need the proof.
 * @param own asked for this request's own origins where it matters, as in `http://localhost:8080`
 */
export function isFromOurPages(
  headers: IncomingHttpHeaders,
  own: () => readonly string[],
  demand: "proof" | "no-contradiction",
): boolean {
  const site = headers["sec-fetch-site"];
  const origin = headers.origin;
  if (origin !== undefined && !own().includes(origin)) return false;
  if (site !== undefined) return site === "same-origin" || (site === "none" && demand === "no-contradiction");
  return origin !== undefined || demand === "no-contradiction";
}
