import type { IncomingMessage } from "node:http";
import { StoaError } from "../errors/stoa-error.ts";
import { cookieValues } from "./session-cookie.ts";

/** A secret as it came, not yet believed. */
export interface Presented {
  readonly by: "Authorization" | "UWS-Authorization" | "X-API-Key" | "cookie" | "?token=" | "first message";
  readonly value: string;
}

export interface CredentialSources {
  readonly cookieName: string;
  /** False when the request came from elsewhere than our own pages: then the cookie is as good as not there. */
  readonly cookieCounts: boolean;
  /** Only the sockets of contract 3 take a token from the address. */
  readonly queryToken: string | null;
}

const headerNames = new Map<string, "Authorization" | "UWS-Authorization" | "X-API-Key">([
  ["authorization", "Authorization"],
  ["uws-authorization", "UWS-Authorization"],
  ["x-api-key", "X-API-Key"],
]);
const headerLengths = new Set([...headerNames.keys()].map((name) => name.length));

/**
 * The one credential of a request, or null.
 * @throws StoaError two_credentials: two places, or one place twice. Which of them was meant is not guessed.
 */
export function presentedCredential(req: IncomingMessage, sources: CredentialSources): Presented | null {
  const found = fromHeaders(req.rawHeaders);
  if (sources.cookieCounts) {
    for (const value of cookieValues(req.headers.cookie, sources.cookieName)) found.push({ by: "cookie", value });
  }
  if (sources.queryToken !== null) found.push({ by: "?token=", value: sources.queryToken });
  if (found.length > 1) {
    throw new StoaError("two_credentials", { details: { kinds: found.map((one) => one.by).join(", ") } });
  }
  return found[0] ?? null;
}

/** From the raw list: Node keeps only the first of two Authorization headers, and joins others. */
function fromHeaders(rawHeaders: readonly string[]): Presented[] {
  const found: Presented[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    if (!headerLengths.has(name.length)) continue;
    const by = headerNames.get(name.toLowerCase());
    if (by !== undefined) found.push({ by, value: (rawHeaders[i + 1] ?? "").trim() });
  }
  return found;
}
