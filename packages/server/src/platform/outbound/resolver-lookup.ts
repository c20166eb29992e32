import { Resolver } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";

/**
 * Finds a name's addresses by asking the name servers, never through the system's own way: that one takes a thread of
 * the few that files and passwords need, too, for as long as a name server likes to keep silent. For names that people
 * enter. What only this machine knows (its hosts file) is not found.
 * @param servers for tests; left out: those of the system
 */
export function resolverLookup(servers?: readonly string[]): LookupFunction {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return (host, options, callback) => {
    void resolve(resolver, host).then((found) => {
      const [first] = found;
      // One answer for every way in which there is none: a name server's own troubles are not the receiver's.
      if (first === undefined)
        return callback(Object.assign(new Error(`${host} is not known`), { code: "ENOTFOUND" }), []);
      if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

async function resolve(resolver: Resolver, host: string) {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return [
    ...(four.status === "fulfilled" ? four.value.map((address) => ({ address, family: 4 })) : []),
    ...(six.status === "fulfilled" ? six.value.map((address) => ({ address, family: 6 })) : []),
  ];
}
