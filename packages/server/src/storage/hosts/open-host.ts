import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import type { Config } from "../../config/schema.ts";
import { StartError } from "../../platform/errors/start-error.ts";
import { openIdleGroup } from "../../platform/processes/control-groups/idle-group.ts";
import type { BrokerLink } from "../../platform/processes/link.ts";
import { createBrokerHost } from "./broker-host.ts";
import type { MayOwn } from "./command.ts";
import type { StorageHost } from "./contract.ts";
import { createLocalHost } from "./local-host.ts";
import { createSshHost } from "./ssh-host.ts";

type HostConfig = Pick<Config, "dataDir" | "storage">;

/** Everybody passes through it to what is theirs; nobody sees what else there is. */
const BASE_MODE = 0o711;

/** The base path or dataset that the settings name. */
export function storageBase({ dataDir, storage }: HostConfig): string {
  return storage.basePath ?? path.join(dataDir, "storage");
}

/**
 * The host that the settings name: by the broker where there is one, which has its own of the same settings.
 * @throws StartError where they can't be used
 */
export async function openStorageHost(
  config: HostConfig,
  { log, link }: { readonly log: Logger; readonly link: BrokerLink | null },
): Promise<StorageHost> {
  return link === null ? openOwnHost(config, { log }) : createBrokerHost(link);
}

/**
 * The host of this very process: elsewhere by SSH, or this machine. Makes the base that is in our data directory; any
 * other has to be there, and the driver's probe says so where it isn't.
 * @throws StartError where the settings can't be used
 */
export async function openOwnHost(
  config: HostConfig,
  { log, mayOwn }: { readonly log: Logger; readonly mayOwn?: MayOwn },
): Promise<StorageHost> {
  const { backend, basePath, ssh } = config.storage;
  const base = storageBase(config);
  const owners = mayOwn === undefined ? {} : { mayOwn };
  if (ssh.target === null) {
    if (basePath === null) await makeBase(base);
    const idle = openIdleGroup();
    log.info({ idle: idle !== null }, "storage: whether its walks give way to other work");
    return createLocalHost({ backend, base, idle, log, ...owners });
  }
  const keyFile = required(ssh.keyFile, "STORAGE_SSH_KEY_FILE");
  const hostKey = required(ssh.hostKey, "STORAGE_SSH_HOST_KEY");
  const stateDir = path.join(config.dataDir, "run");
  return createSshHost({ target: ssh.target, keyFile, hostKey, stateDir, backend, base, log, ...owners });
}

async function makeBase(base: string): Promise<void> {
  try {
    if ((await mkdir(base, { recursive: true, mode: BASE_MODE })) !== undefined) await chmod(base, BASE_MODE);
  } catch (cause) {
    throw new StartError(
      `The folder ${base} could not be made: ${(cause as Error).message}.`,
      "See that the data directory can be written to, or name another place with STORAGE_BASE_PATH.",
      { cause },
    );
  }
}

/** Settings are refused without it; tools and tests come by here as well. */
function required(value: string | null, name: string): string {
  if (value !== null) return value;
  throw new StartError(`STORAGE_SSH is set without ${name}.`, `Set ${name}.`);
}
