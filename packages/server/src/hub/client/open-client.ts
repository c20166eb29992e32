import type { Platform } from "../../platform/platform.ts";
import type { HubCallRecord, HubClient } from "./contract.ts";
import { createHubClient } from "./hub-client.ts";

/** One process that is back within seconds of a restart: people wait for it, and one call in so long finds out. */
const ASKED_AGAIN_MS = 2_000;
/** Answers of a page of 200 users with their servers are some 200 KB. */
const LONGEST_ANSWER = 20_000_000;

/** The client of the configured hub; null: none is configured. */
export function openHubClient(
  { config, outbound }: Pick<Platform, "config" | "outbound">,
  note: (record: HubCallRecord) => void,
): HubClient | null {
  const { apiUrl, apiToken, timeoutSeconds, attempts } = config.hub;
  if (apiUrl === null || apiToken === null) return null;
  const policy = {
    ...{ name: "JupyterHub", baseUrl: apiUrl, timeoutMs: timeoutSeconds * 1_000, attempts },
    ...{ concurrency: 16, queue: 500, maxResponseBytes: LONGEST_ANSWER },
    breaker: { failures: 5, halfOpenAfterMs: ASKED_AGAIN_MS },
    headers: { authorization: `token ${apiToken}` },
  };
  return createHubClient(outbound(policy), note);
}

/** Where people's browsers reach the hub: an origin; null: no hub is configured. */
export function publicOrigin({ config }: Pick<Platform, "config">): string | null {
  const { apiUrl, publicUrl } = config.hub;
  return publicUrl ?? (apiUrl === null ? null : new URL(apiUrl).origin);
}
