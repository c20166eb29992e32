import { readdir } from "node:fs/promises";
import path from "node:path";
import { StartError } from "../../errors/start-error.ts";
import type { Move } from "./durable-files.ts";

/** Where sessions run: a folder per job, named by its id. A backup doesn't hold it. */
export function runDirectory(dataDir: string): string {
  return path.join(dataDir, "run", "sessions");
}

/** True when there are sessions' folders, of running ones or of ended ones. */
export async function hasSessions(dataDir: string): Promise<boolean> {
  const names = await readdir(runDirectory(dataDir)).catch(() => []);
  return names.some((name) => /^[1-9]\d*$/.test(name));
}

/** @throws StartError when there are any: the restored database would give their numbers to others. */
export async function refuseSessions(dataDir: string): Promise<void> {
  if (!(await hasSessions(dataDir))) return;
  throw new StartError(
    `There are sessions in ${runDirectory(dataDir)} already.`,
    "Restore into an empty data directory, or say --replace: they are then ended, and their output is kept aside.",
  );
}

/**
 * The whole folder goes, with the mark that says which place it is: what the database believes running here is
 * then written down as lost by the next start.
 */
export function setSessionsAside(dataDir: string, mark: string): Move {
  return { from: runDirectory(dataDir), to: `${runDirectory(dataDir)}.before-restore-${mark}` };
}
