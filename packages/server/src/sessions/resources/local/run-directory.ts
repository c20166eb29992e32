import { randomUUID } from "node:crypto";
import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { claimWithJson, readJson } from "../../host/atomic-file.ts";

/** The folder with one folder per job, where hosts and servers meet. */
export interface RunDirectory {
  /** Made once for this folder, and the same as long as it lives. */
  readonly mark: string;
  /** Absolute path of a job's folder. */
  of(jobId: number): string;
  /**
   * A path to something in it that is short whatever the data directory's path: a Unix socket's address holds 107
   * bytes. It goes through one descriptor that is kept as long as the process lives, so it always means the same.
   */
  short(jobId: number, name: string): string;
  /** Ids of all jobs that have a folder. */
  list(): Promise<number[]>;
  close(): void;
}

export function openRunDirectory(path: string): RunDirectory {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  const markFile = join(path, ".place");
  claimWithJson(markFile, randomUUID());
  return {
    mark: String(readJson(markFile)),
    of: (jobId) => join(path, String(jobId)),
    short: (jobId, name) => `/proc/self/fd/${descriptor}/${jobId}/${name}`,
    async list() {
      const names = await readdir(path);
      return names.filter((name) => /^[1-9]\d{0,14}$/.test(name)).map(Number);
    },
    close: () => closeSync(descriptor),
  };
}
