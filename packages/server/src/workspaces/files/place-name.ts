import { linkSync, type Stats, unlinkSync } from "node:fs";
import { link, rename, unlink } from "node:fs/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OpenFolder } from "./descriptor-walk.ts";
import { createDiskPace, type DiskPace } from "./disk-pace.ts";
import { isSystemError, quoted } from "./file-errors.ts";
import { numbered } from "./move-to-free-name.ts";

/** What becomes of a name that is taken: the whole is refused, the old file goes, or the new one gets a free name. */
export const CONFLICTS = ["refuse", "replace", "keep_both"] as const;
export type Conflicts = (typeof CONFLICTS)[number];

const TRIES = 1_000;

/**
 * Gives a staged file its name, at once: a reader sees the old file or the new one, whole. Killed at any point and
 * repeated, it ends as if it had not been.
 * @returns the name it got
 * @throws StoaError conflict; the system's errors
 */
export async function placeFile(
  staging: OpenFolder,
  staged: string,
  folder: OpenFolder,
  wanted: string,
  conflicts: Conflicts,
  pace: DiskPace = createDiskPace(),
): Promise<string> {
  if (conflicts === "replace") {
    if ((await folder.stat(wanted))?.isDirectory()) throw taken(wanted, "a folder, which a file cannot replace");
    await rename(staging.at(staged), folder.at(wanted));
    return wanted;
  }
  for (let count = 1; count <= TRIES; count += 1) {
    const name = count === 1 ? wanted : numbered(wanted, count);
    if (await linkNew(staging, staged, folder, name, pace)) {
      const source = staging.at(staged);
      await pace.do(
        () => unlinkSync(source),
        () => unlink(source),
      );
      return name;
    }
    if (conflicts === "refuse") break;
  }
  throw taken(wanted, "there already");
}

/** A second name can't replace anything, as a rename would. True also when the first try got so far and was killed. */
async function linkNew(
  staging: OpenFolder,
  staged: string,
  folder: OpenFolder,
  name: string,
  pace: DiskPace,
): Promise<boolean> {
  const [from, to] = [staging.at(staged), folder.at(name)];
  try {
    await pace.do(
      () => linkSync(from, to),
      () => link(from, to),
    );
    return true;
  } catch (error) {
    if (!isSystemError(error, "EEXIST")) throw error;
    const [ours, there] = await Promise.all([staging.stat(staged), folder.stat(name)]);
    return ours !== null && there !== null && ours.isFile() && ours.ino === there.ino && ours.dev === there.dev;
  }
}

/** Whether somebody has worked on it since. Who asks gives milliseconds since 1970, or nothing at the first try. */
export function isNewer(there: Stats | null, than: number | undefined): boolean {
  return there !== null && than !== undefined && there.mtimeMs > than;
}

export function taken(name: string, how: string): StoaError {
  return new StoaError("conflict", { details: { problem: `${quoted(name)} is ${how}` } });
}
