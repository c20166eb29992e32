import type { IncomingHttpHeaders } from "node:http";
import type { Dialect } from "./route-policy.ts";

/** First path segments of the contracts that have no prefix of their own (blueprint, "Addresses"). */
const firstSegments: ReadonlyMap<string, Dialect> = new Map([
  ...["tokens", "status", "users", "workspaces", "jobs", "job_types", "parameters", "shared_workspaces"].map(
    (segment) => [segment, "workspaces"] as const,
  ),
  ["passthrough", "workspaces"],
  ...["provisioner", "reset", "cleanup", "sync"].map((segment) => [segment, "playgrounds"] as const),
  ["health", "portal"],
  ["v1", "pools"],
]);

/** Contract 1 answered on a port of its own, without a prefix; a request that bears X-API-Key still may. */
const storageWithoutPrefix = new Set(["users", "groups", "storages"]);

/**
 * In whose shape an address answers, known or unknown.
 * @param path with or without a query
 */
export function dialectOf(path: string): Dialect {
  const [first, second, third] = segmentsOf(path);
  if (first !== "api") return firstSegments.get(first ?? "") ?? "web";
  if (second === "v1") return "storage";
  return second === "stoa" && third === "v1" ? "stoa" : "portal";
}

/** The path that routing sees: contract 1 without its prefix is led to the one with it. */
export function routedPath(url: string, headers: IncomingHttpHeaders): string {
  // Most of what bears a key has the prefix: it is asked for all the time, and not taken apart.
  if (headers["x-api-key"] === undefined || url.startsWith("/api/")) return url;
  return storageWithoutPrefix.has(segmentsOf(url)[0] ?? "") ? `/api/v1${url}` : url;
}

function segmentsOf(path: string): string[] {
  const end = path.search(/[?#]/);
  return (end === -1 ? path : path.slice(0, end)).slice(1).split("/", 3);
}
