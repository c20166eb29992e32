import { isIP } from "node:net";
import type { Config } from "../../config/schema.ts";

/**
 * Which Host headers we answer to: any other is a page that had its name rebound to our address, or a
 * mistake. An address literal can't be rebound: it is good where the connection really arrived at it.
 * The names of sessions are not the portal's: they never get here rightly.
 */
export function createHostCheck(
  config: Pick<Config, "host" | "publicUrl" | "allowedHosts" | "sessionDomain">,
): (host: string | undefined, localAddress: string | undefined) => boolean {
  const names = new Set(["localhost", "127.0.0.1", "::1", config.host, ...config.allowedHosts].map(plain));
  if (config.publicUrl !== null) names.add(plain(new URL(config.publicUrl).hostname));
  const sessions = config.sessionDomain === null ? null : `.${config.sessionDomain.toLowerCase()}`;
  // Nearly all come by one name: it is taken apart once.
  let lastGood: string | undefined;
  return (host, localAddress) => {
    if (host !== undefined && host === lastGood) return true;
    const name = hostName(host);
    if (name === null) return false;
    if (names.has(name)) {
      lastGood = host;
      return true;
    }
    if (sessions !== null && name.endsWith(sessions)) return false;
    return isIP(name) !== 0 && localAddress !== undefined && plain(localAddress) === name;
  };
}

/** Name without port, brackets and the root's dot; null when it is not a host at all. */
function hostName(host: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? "");
  return match?.[1] === undefined ? null : plain(match[1]);
}

function plain(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return bare.startsWith("::ffff:") ? bare.slice(7) : bare;
}
