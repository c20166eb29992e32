import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { isPublicAddress } from "./public-address.ts";

/** The address behind a name is not one that this call may reach. */
export class PrivateAddressError extends Error {
  constructor(host: string) {
    super(`${host} is not a public address`);
    this.name = "PrivateAddressError";
  }
}

export interface Guard {
  /** `host:port` in lower case that may be private. */
  readonly privateHosts?: readonly string[] | undefined;
  readonly lookup?: LookupFunction | undefined;
}

/**
 * Connects to public addresses only, and to those that are named. What is connected to is what was checked: a name
 * that answers otherwise the second time (rebinding) gains nothing. HTTP/2 is not offered: a stranger's server then
 * holds one call a connection, whose bytes and time are counted.
 */
export function guardedConnector(
  timeoutMs: number,
  { privateHosts = [], lookup: find = lookup as LookupFunction }: Guard = {},
): buildConnector.connector {
  const named = new Set(privateHosts);
  const connect = buildConnector({ timeout: timeoutMs, lookup: publicLookup(find), allowH2: false });
  // Whoever listed them may mean a name that only this machine knows.
  const connectAnywhere = buildConnector({ timeout: timeoutMs, allowH2: false });
  return (options, callback) => {
    const port = options.port || (options.protocol === "https:" ? "443" : "80");
    const host = options.hostname.replace(/^\[|\]$/g, "");
    if (named.has(`${host.includes(":") ? `[${host}]` : host}:${port}`.toLowerCase())) {
      connectAnywhere(options, callback);
      return;
    }
    // A literal is never looked up.
    if (isIP(host) !== 0 && !isPublicAddress(host)) {
      callback(new PrivateAddressError(host), null);
      return;
    }
    connect(options, callback);
  };
}

function publicLookup(find: LookupFunction): LookupFunction {
  return (host, options: LookupOptions, callback) => {
    find(host, { ...options, all: true }, (error, answer) => {
      if (error !== null) return callback(error, []);
      const found = answer as LookupAddress[];
      const allowed = found.filter(({ address }) => isPublicAddress(address));
      const [first] = allowed;
      // One private address among public ones is a trick as well.
      if (first === undefined || allowed.length < found.length) return callback(new PrivateAddressError(host), []);
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
