import type { Platform } from "../../platform/platform.ts";
import type { Directories } from "../files/directories.ts";
import { createAgentFileWork } from "./agent/agent-file-work.ts";
import type { FileWork } from "./contract.ts";
import { type Homes, noHomes } from "./homes.ts";
import { createInProcessFileWork } from "./in-process.ts";

/** How this server works on people's files: by their own agents where there is a broker, else itself. */
export function createFileWork(
  { config, log, processes }: Pick<Platform, "config" | "log" | "processes">,
  directories: Directories,
  homes: Pick<Homes, "sharedFolders"> = noHomes,
): FileWork {
  const { symlinkRoots, dataDir } = config;
  const sharedRoots = async (accountId: number) => (await homes.sharedFolders(accountId)).map(({ path }) => path);
  if (processes === null) return createInProcessFileWork({ directories, symlinkRoots, sharedRoots });
  const { stagingMark } = directories;
  return createAgentFileWork({
    processes,
    dataDir,
    stagingMark,
    symlinkRoots,
    sharedRoots,
    most: config.processes.fileAgents,
    log,
  });
}
