import { isIP } from "node:net";
import type { Config } from "../../config/schema.ts";
import { isPublicAddress } from "../../platform/outbound/public-address.ts";
import type { WebhookRefusalReason } from "../refusals.ts";

/** Characters of an address: what receivers make is far shorter. */
export const LONGEST_URL = 2_000;

/**
 * Ports at which something else than a web server listens, and would make what it likes of what it is sent: remote
 * shells, mail, names, databases, caches, queues.
 */
const OTHER_SERVICES: ReadonlySet<number> = new Set([
  ...[0, 19, 20, 21, 22, 23, 25, 53, 69, 110, 111, 119, 123, 135, 137, 139, 143, 161, 179, 389, 445, 465, 514, 515],
  ...[587, 636, 873, 993, 995, 1433, 1521, 2049, 2181, 2375, 2379, 3306, 3389, 5432, 5433, 5672, 6379, 6432, 6667],
  ...[9042, 9092, 10250, 11211, 27017, 28015],
]);

/** Which addresses may be called. */
export interface Targets {
  /** `host:port` that may be called though it is private (STOA_WEBHOOK_PRIVATE_TARGETS). */
  readonly privateHosts: readonly string[];
  /** Why an address is never called; null: it may be, if what its name leads to is public, or named. */
  problemOf(address: string): WebhookRefusalReason | null;
}

/** By the settings alone: names are resolved where they are called, each time anew. */
export function createTargets({ webhooks, database }: Pick<Config, "webhooks" | "database">): Targets {
  const privateHosts = webhooks.privateTargets.flatMap(hostsOf);
  const named = new Set(privateHosts);
  const own = new Set([database.url, database.directUrl].flatMap((url) => (url === null ? [] : databaseHost(url))));
  return {
    privateHosts,
    problemOf(address) {
      if (address.length > LONGEST_URL || !URL.canParse(address)) return "url_invalid";
      const url = new URL(address);
      if (url.protocol !== "https:" && url.protocol !== "http:") return "url_scheme";
      if (url.username !== "" || url.password !== "") return "url_credentials";
      if (url.hash !== "") return "url_fragment";
      const port = portOf(url);
      const host = `${url.hostname}:${port}`;
      if (own.has(host)) return "url_database";
      if (named.has(host)) return null;
      if (isPrivateAddress(url.hostname)) return "url_private";
      if (url.protocol === "http:") return "url_plain";
      return OTHER_SERVICES.has(port) ? "url_port" : null;
    },
  };
}

/** Without a port: those of both schemes. */
function hostsOf(target: string): string[] {
  const port = /:(\d+)$/.exec(target)?.[1];
  // As an address writes it: 127.1 is 127.0.0.1.
  const { hostname } = new URL(`https://${target}`);
  return port === undefined ? [`${hostname}:80`, `${hostname}:443`] : [`${hostname}:${Number(port)}`];
}

function databaseHost(url: string): string[] {
  const { hostname, port } = new URL(url);
  return hostname === "" ? [] : [`${hostname.toLowerCase()}:${port === "" ? 5432 : Number(port)}`];
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

/** An address that is written out. Of a name only the connection will tell. */
function isPrivateAddress(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) !== 0) return !isPublicAddress(address);
  return /(^|\.)localhost\.?$/.test(address);
}
