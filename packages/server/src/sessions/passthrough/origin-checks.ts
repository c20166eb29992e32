import type { IncomingMessage } from "node:http";

/**
 * May the cookie of a session's origin count for this request? Sessions of one domain are the same *site* to a
 * browser, so SameSite alone lets a page of session A act in session B; the origin has to be our own.
 * @param origin this session's origin
 */
export function cookieCounts(req: IncomingMessage, origin: string, upgrade: boolean): boolean {
  const given = req.headers.origin;
  if (given !== undefined && given !== "null") return given === origin;
  const site = req.headers["sec-fetch-site"];
  if (site === undefined) {
    // No browser of today: it sends neither header. A socket or a write without an Origin is not a page's.
    return given === undefined && !upgrade && isSafe(req.method);
  }
  if (site === "same-origin") return true;
  // A link from the portal, a bookmark, a typed address: only as a navigation that changes nothing.
  return !upgrade && isSafe(req.method) && req.headers["sec-fetch-mode"] === "navigate" && isPage(req);
}

function isSafe(method: string | undefined): boolean {
  return method === "GET" || method === "HEAD";
}

function isPage(req: IncomingMessage): boolean {
  const dest = req.headers["sec-fetch-dest"];
  return dest === undefined || dest === "document";
}
