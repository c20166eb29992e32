import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import type { BrokerLink } from "../../platform/processes/link.ts";
import { openStorageHost, storageBase } from "../hosts/open-host.ts";
import type { StorageDriver } from "./contract.ts";
import { createPosixDriver } from "./posix/posix-driver.ts";
import { createZfsDriver } from "./zfs/zfs-driver.ts";

/**
 * The driver that the settings name, on the host that they name.
 * @param options `isInUse`: whether directories are known that should be at the base
 * @throws StartError a key file that can't be used
 */
export async function openDriver(
  config: Config,
  {
    log,
    link,
    isInUse,
  }: { readonly log: Logger; readonly link: BrokerLink | null; readonly isInUse: () => Promise<boolean> },
): Promise<StorageDriver> {
  const host = await openStorageHost(config, { log, link });
  const base = storageBase(config);
  if (config.storage.backend === "zfs") return createZfsDriver({ host, base, log });
  const { enforcement, ownership, uid } = config.storage;
  return createPosixDriver({ host, base, enforcement, ownership, commonUid: uid, isInUse, log });
}
