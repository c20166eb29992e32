import { BlockList, isIP, isIPv6 } from "node:net";

const notPublic = new BlockList();
// RFC 6890 and its successors: this network, private, shared, loopback, link-local (the metadata service), test, multicast, reserved.
for (const [address, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  notPublic.addSubnet(address, bits, "ipv4");
}

const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
// Inside it, but they wrap other addresses or are for documents: 6to4, Teredo, documentation.
const notGlobal = new BlockList();
for (const [address, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  notGlobal.addSubnet(address, bits, "ipv6");
}

/** True for an address out in the Internet. Names have to be resolved first; anything else is not public. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, "ipv4");
  if (!isIPv6(address)) return false;
  // ::ffff:a.b.c.d and 64:ff9b::/96 lie outside 2000::/3: refused, whatever they wrap.
  return globalUnicast.check(address, "ipv6") && !notGlobal.check(address, "ipv6");
}
