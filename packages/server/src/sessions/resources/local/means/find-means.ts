import { join } from "node:path";
import type { Config } from "../../../../config/schema.ts";
import type { EnclosedPlaces } from "./enclosure-for.ts";
import { chooseMeans, type LocalMeans } from "./local-means.ts";
import { findMachine } from "./machine.ts";

/**
 * By what this server will keep sessions apart, by its settings and by what works here, tried once.
 * @param accounts whether sessions run as their owners' own system accounts
 * @throws StartError when what was asked for is not to be had
 */
export async function findMeans(config: Config, accounts: boolean): Promise<LocalMeans> {
  const isRoot = process.getuid?.() === 0;
  return chooseMeans(config, { accounts, isRoot, machine: await findMachine() });
}

/** What enclosed sessions see besides the system: nothing of ours, and nothing that says how to get there. */
export function enclosedPlaces(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): EnclosedPlaces {
  const files = [join(cwd, ".env"), env.STOA_CONFIG || null, config.secretKey.file, config.uwsConfig];
  return {
    writable: config.sessions.writable,
    hidden: [
      ...[config.dataDir, ...storageOf(config), ...files.filter((file) => file != null)],
      ...config.sessions.hidden,
    ],
    readable: config.symlinkRoots,
  };
}

/** Where people's and groups' directories lie, if not in the data directory; a dataset usually shows at its name. */
function storageOf({ storage: { backend, basePath, ssh } }: Config): string[] {
  if (basePath === null || ssh.target !== null) return [];
  return [backend === "zfs" ? `/${basePath}` : basePath];
}
