import type { Platform } from "../../platform/platform.ts";
import type { Directories } from "../files/directories.ts";
import { createAgentFileWork } from "./agent/agent-file-work.ts";
import type { FileWork } from "./contract.ts";
import { createInProcessFileWork } from "./in-process.ts";

/** How this server works on people's files: by their own agents where there is a broker, else itself. */
export function createFileWork(
  { config, log, processes }: Pick<Platform, "config" | "log" | "processes">,
  directories: Directories,
): FileWork {
  const { symlinkRoots, dataDir } = config;
  if (processes === null) return createInProcessFileWork({ directories, symlinkRoots });
  const { stagingMark } = directories;
  return createAgentFileWork({
    processes,
    dataDir,
    stagingMark,
    symlinkRoots,
    most: config.processes.fileAgents,
    log,
  });
}
