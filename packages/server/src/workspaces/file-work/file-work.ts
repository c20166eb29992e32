import type { Platform } from "../../platform/platform.ts";
import type { Directories } from "../files/directories.ts";
import type { FileWork } from "./contract.ts";
import { createInProcessFileWork } from "./in-process.ts";

/** How this server works on people's files. */
export function createFileWork(platform: Pick<Platform, "config" | "log">, directories: Directories): FileWork {
  return createInProcessFileWork({ directories, symlinkRoots: platform.config.symlinkRoots });
}
