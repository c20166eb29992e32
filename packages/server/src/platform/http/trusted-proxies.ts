import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";

/** Tells whether an address is one of the configured proxies, whose X-Forwarded-* are believed. */
export function createProxyTrust(blocks: readonly string[]): (address: string | undefined) => boolean {
  if (blocks.length === 0) return () => false;
  const list = new BlockList();
  for (const block of blocks) {
    const [address = "", bits] = block.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    if (address === undefined) return false;
    // A dual-stack listener sees IPv4 peers as ::ffff:a.b.c.d.
    const plain = address.startsWith("::ffff:") ? address.slice(7) : address;
    return list.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
  };
}

const forwarding = new Set(["forwarded", "via", "x-real-ip"]);

/** True when a proxy, trusted or not, says that it stands between: never true of a program on this machine. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => name.startsWith("x-forwarded-") || forwarding.has(name));
}

/** Who sent a raw request: the last address of X-Forwarded-For that no trusted proxy of ours has. */
export function clientAddress(
  req: { readonly headers: IncomingHttpHeaders; readonly socket: { readonly remoteAddress?: string | undefined } },
  isTrusted: (address: string | undefined) => boolean,
): string {
  let address = req.socket.remoteAddress ?? "unknown";
  const forwarded = [req.headers["x-forwarded-for"] ?? []].flat().join(",").split(",").reverse();
  for (const hop of forwarded.map((text) => text.trim())) {
    if (!isTrusted(address) || isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}
