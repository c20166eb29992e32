import type { HubLaunch, HubServer } from "../api/hub.ts";

export type ServerLook = "stopped" | "starting" | "ready" | "stopping";

/** True for a start that somebody may still wait for. */
export const goesOn = (launch: HubLaunch | null): launch is HubLaunch =>
  launch !== null && (launch.state === "queued" || launch.state === "asked");

/** How a server stands for who looks at it: what is being done with it counts before what was seen of it last. */
export function lookOf({ state, stop_wanted, launch }: HubServer): ServerLook {
  if (goesOn(launch)) return state === "ready" && stop_wanted === null ? "ready" : "starting";
  if (state === "stopped") return "stopped";
  return stop_wanted === null ? state : "stopping";
}

/** The last start, where it came to nothing and nothing has happened since. Whoever cancelled knows why. */
export function failedLaunch(server: HubServer): HubLaunch | null {
  const { launch, stopped_at } = server;
  if (launch?.state !== "failed" || lookOf(server) !== "stopped") return null;
  return stopped_at !== null && launch.ended_at !== null && stopped_at > launch.ended_at ? null : launch;
}

/** Seconds until it is stopped because nobody uses it; null: it is not about to be. */
export function secondsToIdleStop(server: HubServer, now: number): number | null {
  const { idle_stop_at: at } = server;
  if (!at || lookOf(server) !== "ready") return null;
  return Math.max(0, (Date.parse(at) - now) / 1000);
}

/** What the hub's rule and ours have in common. */
export const isServerName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/.test(name);
