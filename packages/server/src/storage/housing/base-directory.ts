import type { Config } from "../../config/schema.ts";
import type { StorageHost } from "../hosts/contract.ts";
import { storageBase } from "../hosts/open-host.ts";

/**
 * Tells where the base lies on this machine: for the broker, which takes no path from its server.
 * @returns absolute; null: it is elsewhere, or not mounted now
 */
export function baseDirectory(
  config: Pick<Config, "dataDir" | "storage">,
  host: StorageHost,
): () => Promise<string | null> {
  const { backend, ssh } = config.storage;
  if (ssh.target !== null) return async () => null;
  return backend === "zfs" ? () => mountPoint(host) : async () => storageBase(config);
}

async function mountPoint(host: StorageHost): Promise<string | null> {
  const { code, out } = await host.run({
    do: "zfs-get",
    properties: ["mountpoint", "mounted"],
    places: [{ kind: "base" }],
    recursive: false,
  });
  if (code !== 0) return null;
  const values = new Map(out.split("\n").map((line) => line.split("\t").slice(1, 3) as [string, string]));
  const at = values.get("mountpoint");
  return at?.startsWith("/") && values.get("mounted") === "yes" ? at : null;
}
