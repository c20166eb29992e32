import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
loopback.addSubnet("::ffff:127.0.0.0", 104, "ipv6");

/** True for the names and addresses that only this machine reaches. */
export function isLoopbackHost(host: string): boolean {
  const family = isIP(host);
  if (family !== 0) return loopback.check(host, family === 4 ? "ipv4" : "ipv6");
  return host === "localhost" || host.endsWith(".localhost");
}

/** The same for an origin. */
export function isLoopbackUrl(origin: string): boolean {
  return isLoopbackHost(new URL(origin).hostname.replace(/^\[(.*)\]$/, "$1"));
}
