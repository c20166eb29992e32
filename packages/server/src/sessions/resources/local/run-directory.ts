import { randomUUID } from "node:crypto";
import { closeSync, constants, lstatSync, mkdirSync, openSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { claimWithJson, readJson } from "../../host/atomic-file.ts";
import { createPinnedSockets } from "./pinned-sockets.ts";

/** The folder with one folder per job, where hosts and servers meet. */
export interface RunDirectory {
  /** Made once for this folder, and the same as long as it lives. */
  readonly mark: string;
  /** Absolute path of a job's folder. */
  of(jobId: number): string;
  /**
   * The address of a job's socket, short whatever the data directory's path: it holds 107 bytes. It goes through a
   * descriptor: of our folder, which is kept as long as the process lives, or, where the job's folder is its owner's,
   * of the socket itself.
   */
  socket(jobId: number, name: string): string;
  /** The session has ended: nobody connects to it any more. */
  release(jobId: number): void;
  /** Ids of all jobs that have a folder. */
  list(): Promise<number[]>;
  close(): void;
}

export function openRunDirectory(path: string): RunDirectory {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  const pinned = createPinnedSockets();
  const isOwn = (folder: string): boolean =>
    (lstatSync(folder, { throwIfNoEntry: false })?.uid ?? process.getuid?.()) === process.getuid?.();
  const markFile = join(path, ".place");
  claimWithJson(markFile, randomUUID());
  return {
    mark: String(readJson(markFile)),
    of: (jobId) => join(path, String(jobId)),
    socket(jobId, name) {
      const folder = `/proc/self/fd/${descriptor}/${jobId}`;
      return isOwn(folder) ? `${folder}/${name}` : pinned.address(folder, jobId, name);
    },
    release: (jobId) => pinned.release(jobId),
    async list() {
      const names = await readdir(path);
      return names.filter((name) => /^[1-9]\d{0,14}$/.test(name)).map(Number);
    },
    close() {
      pinned.close();
      closeSync(descriptor);
    },
  };
}
