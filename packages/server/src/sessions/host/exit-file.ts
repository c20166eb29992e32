import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { writeJsonAtomically } from "./atomic-file.ts";
import { type ExitFile, RUN_FILES } from "./job-file.ts";

const AGAIN_MS = 1000;

/** One attempt. @returns false when it could not be written now */
export function tryWriteExitFile(exit: ExitFile): boolean {
  try {
    writeJsonAtomically(RUN_FILES.exit, exit);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes how the program ended, for as long as it takes: the disk may be full just now, and nobody else knows it.
 * Gives up only when the folder itself is gone, and with it everybody who could ask.
 */
export async function writeExitFile(exit: ExitFile): Promise<void> {
  while (hasFolder() && !tryWriteExitFile(exit)) await sleep(AGAIN_MS);
}

/** False once the run directory was removed: then no server can find this host any more. */
export function hasFolder(): boolean {
  return existsSync(RUN_FILES.host);
}
