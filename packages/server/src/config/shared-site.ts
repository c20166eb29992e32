import { isIP } from "node:net";
import type { Config } from "./schema.ts";

/**
 * The domain that the portal and sessions have in common, where a session's page could set a cookie for it that nothing
 * tells from the portal's (docs/session-safety.md). Over TLS the portal's are `__Host-`, which no other host can set.
 * @returns null: they share none, or there is TLS. A country's own second level counts as shared: better once too often.
 */
export function sharedInTheClear(config: Pick<Config, "publicUrl" | "allowedHosts" | "sessionDomain">): string | null {
  const { publicUrl, sessionDomain, allowedHosts } = config;
  if (sessionDomain === null || publicUrl?.startsWith("https://") === true) return null;
  const portals = [...(publicUrl === null ? [] : [new URL(publicUrl).hostname]), ...allowedHosts];
  for (const portal of portals) {
    const shared = commonEnd(portal.toLowerCase(), sessionDomain.toLowerCase());
    if (shared !== null) return shared;
  }
  return null;
}

/** Two labels at least: browsers take no cookie for one alone (`localhost`, `org`). */
function commonEnd(one: string, other: string): string | null {
  if (isIP(one) !== 0) return null;
  const [left, right] = [one.split(".").reverse(), other.split(".").reverse()];
  const differs = left.findIndex((label, at) => label !== right[at]);
  const shared = left.slice(0, differs === -1 ? left.length : differs);
  return shared.length < 2 ? null : shared.reverse().join(".");
}
